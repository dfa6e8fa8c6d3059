import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FullestFirst, Shelf } from './shelf.js';

it('the fullest shelf is at hand, whatever comes, goes and changes', () => {
  const change = fc.record({ at: fc.nat(20), bytes: fc.nat(1000), remove: fc.boolean() });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
      const order = new FullestFirst();
      const shelves = new Map<number, Shelf>();
      for (const { at, bytes, remove } of changes) {
        let shelf = shelves.get(at);
        if (remove && shelf !== undefined) {
          order.remove(shelf);
          shelves.delete(at);
        } else {
          if (shelf === undefined) {
            shelf = new Shelf(String(at));
            shelves.set(at, shelf);
            order.add(shelf);
          }
          shelf.bytes = bytes;
          order.moved(shelf);
        }
        const most = Math.max(...[...shelves.values()].map((each) => each.bytes));
        expect(order.fullest?.bytes).toBe(shelves.size === 0 ? undefined : most);
      }
    }),
  );
});
