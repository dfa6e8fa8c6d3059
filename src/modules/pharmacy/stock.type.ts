import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { CacheProfile } from '../../graphql/cache-profile.js';
import { MAX_INT, rule, Text, WholeNumber } from '../../graphql/validation.js';

export const MAX_NOTE_LENGTH = 500;

@CacheProfile('inventory')
@ObjectType({ description: 'How many units of a medicine the tenant has.' })
export class StockLevel {
  @Field(() => Int)
  readonly quantity!: number;

  @Field(() => Int, { description: 'At or below it the stock is low.' })
  readonly reorderLevel!: number;
}

export const adjustmentReasons = { ADJUSTMENT: 'ADJUSTMENT', RECEIPT: 'RECEIPT' } as const;
export type AdjustmentReason = keyof typeof adjustmentReasons;

registerEnumType(adjustmentReasons, {
  name: 'AdjustmentReason',
  description: 'Why stock changed otherwise than by a sale.',
  valuesConfig: {
    ADJUSTMENT: { description: 'A count found another number.' },
    RECEIPT: { description: 'A delivery came in.', deprecationReason: 'Use `receiveShipment`: it takes in a whole delivery at once.' },
  },
});

@InputType()
export class SellMedicineInput {
  @Field(() => ID)
  readonly medicineId!: string;

  @WholeNumber({ min: 1, max: MAX_INT })
  @Field(() => Int, { description: 'How many units, at least 1.' })
  readonly quantity!: number;
}

@InputType()
export class AdjustStockInput {
  @Field(() => ID)
  readonly medicineId!: string;

  @rule({ name: 'notZero', accepts: (delta) => delta !== 0, remedy: 'give another number than 0, which would change nothing' })
  @WholeNumber({ min: -MAX_INT, max: MAX_INT })
  @Field(() => Int, { description: 'Units that came (positive) or went (negative).' })
  readonly delta!: number;

  @Field(() => adjustmentReasons, { defaultValue: adjustmentReasons.ADJUSTMENT })
  readonly reason!: AdjustmentReason;

  @Text(MAX_NOTE_LENGTH)
  @Field(() => String, { nullable: true, description: 'For those who read the movements later; at most 500 characters.' })
  readonly note?: string | null;
}

@ObjectType()
export class SellMedicinePayload {}

@ObjectType()
export class AdjustStockPayload {}
