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

it('C4 keeping the order takes a few looks at shelves, however many tenants there are', () => {
  const order = new FullestFirst();
  let looks = 0;
  const shelves = Array.from({ length: 20_000 }, (_, at) => {
    const shelf = new Shelf(String(at));
    let bytes = at;
    Object.defineProperty(shelf, 'bytes', { get: () => (looks++, bytes), set: (value: number) => void (bytes = value) });
    order.add(shelf);
    return shelf;
  });
  looks = 0;
  const rounds = 1_000;
  for (let round = 0; round < rounds; round++) {
    const { fullest } = order;
    const emptied = shelves[(round * 7919) % shelves.length];
    if (fullest === undefined || emptied === undefined) throw new Error('a shelf is missing');
    fullest.bytes = 0;
    order.moved(fullest);
    emptied.bytes = 1_000_000 + round;
    order.moved(emptied);
  }
  // Two changes a round, each along one path of the heap, with at most four looks at each of its levels.
  expect(looks / rounds).toBeLessThan(2 * 4 * Math.ceil(Math.log2(shelves.length)));
});
