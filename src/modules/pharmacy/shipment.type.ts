import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { Inner, MAX_INT, Several, Text, WholeNumber } from '../../graphql/validation.js';
import { MAX_NOTE_LENGTH } from './stock.type.js';
import type { ReceivedItem } from './shipment.service.js';

const MAX_ITEMS = 200;

@InputType()
export class ShipmentItemInput {
  @Field(() => ID)
  readonly medicineId!: string;

  @WholeNumber({ min: 1, max: MAX_INT })
  @Field(() => Int, { description: 'How many units came, at least 1.' })
  readonly quantity!: number;
}

@InputType()
export class ReceiveShipmentInput {
  @Several({ min: 1, max: MAX_ITEMS })
  @Inner()
  @Field(() => [ShipmentItemInput], { description: `1 to ${MAX_ITEMS}. A medicine may come in several lots.` })
  readonly items!: ShipmentItemInput[];

  @Text(MAX_NOTE_LENGTH)
  @Field(() => String, { nullable: true, description: "Such as the delivery note's number; at most 500 characters." })
  readonly note?: string | null;
}

@ObjectType('ReceivedItem', { description: 'What came of one medicine.' })
export class ReceivedItemType {
  @Field(() => Int, { description: 'Units of all its lots.' })
  readonly quantity!: number;
}

@ObjectType()
export class ReceiveShipmentPayload {
  @Field(() => [ReceivedItemType], { description: 'One for each medicine, in the order of the input.' })
  readonly items!: readonly ReceivedItem[];
}
