import { sql } from 'drizzle-orm';
import { integer, pgTable, text } from 'drizzle-orm/pg-core';
import { expect, it } from 'vitest';
import { shapeOf } from './shape.js';

const things = pgTable('things', { id: integer('id').primaryKey(), name: text('name').notNull(), note: text('note') });
const shape = shapeOf({ id: things.id, name: things.name });

it('the order of columns makes no difference', () => {
  expect(shapeOf({ name: things.name, id: things.id })).toBe(shape);
});

it('another column, name, type or expression is another shape', () => {
  const retyped = pgTable('things', { id: integer('id').primaryKey(), name: integer('name').notNull() });
  const optional = pgTable('things', { id: integer('id').primaryKey(), name: text('name') });
  const others = [
    shapeOf({ id: things.id }),
    shapeOf({ id: things.id, name: things.name, note: things.note }),
    shapeOf({ id: things.id, label: things.name }),
    shapeOf({ id: things.id, name: things.note }),
    shapeOf({ id: retyped.id, name: retyped.name }),
    shapeOf({ id: optional.id, name: optional.name }),
    shapeOf({ id: things.id, name: sql`upper(${things.name})` }),
    shapeOf({ id: things.id, name: sql`lower(${things.name})` }),
  ];
  expect(new Set([shape, ...others]).size).toBe(others.length + 1);
});
