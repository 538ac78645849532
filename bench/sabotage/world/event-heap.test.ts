import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventHeap } from './event-heap.ts';

/** Times to enter at first, and how far each who acts then postpones; null: it leaves. */
const history = fc.record({
  starts: fc.array(fc.nat(50), { minLength: 1, maxLength: 40 }),
  steps: fc.array(fc.option(fc.nat(30)), { maxLength: 100 }),
});

test('[SA2] whoever is next has the earliest time of all, and nobody is lost', () => {
  fc.assert(
    fc.property(history, ({ starts, steps }) => {
      const heap = new EventHeap(starts.length);
      const waiting = new Map(starts.map((at, id) => [id, at]));
      for (const [id, at] of waiting) heap.push(id, at);
      for (const step of steps) {
        expect(heap.size).toBe(waiting.size);
        if (heap.size === 0) return;
        expect(heap.nextAt).toBe(Math.min(...waiting.values()));
        expect(waiting.get(heap.nextId)).toBe(heap.nextAt);
        if (step === null) {
          waiting.delete(heap.nextId);
          heap.remove();
        } else {
          waiting.set(heap.nextId, heap.nextAt + step);
          heap.postpone(heap.nextAt + step);
        }
      }
    }),
  );
});
