import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FreshOrder, freshIndex, orderAt, shuffled } from './fresh-order.ts';

const key = fc.string({ minLength: 1, maxLength: 24 });

test('[VF88] a shuffle has everything once, whatever its key and size', () => {
  fc.assert(
    fc.property(key, fc.integer({ min: 1, max: 700 }), (secret, size) => {
      const all = Array.from({ length: size }, (_, at) => shuffled(secret, size, at));
      expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, at) => at));
    }),
  );
});

test('[VF88] of a job of any size, each index is in it', () => {
  fc.assert(
    fc.property(key, fc.integer({ min: 1, max: 2 ** 52 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (secret, size, share) => {
      const index = shuffled(secret, size, Math.floor(share * size));
      expect(Number.isSafeInteger(index) && index >= 0 && index < size).toBe(true);
    }),
  );
});

test('[VF88] the turn of a unit says nothing of its index: they hardly correlate, and another key has another order', () => {
  const orderOf = (secret: string) => Array.from({ length: 2_000 }, (_, at) => shuffled(secret, 2_000, at));
  const correlation = (a: readonly number[], b: readonly number[]): number => {
    const mean = (2_000 - 1) / 2;
    const products = a.reduce((sum, value, i) => sum + (value - mean) * ((b[i] as number) - mean), 0);
    return products / ((2_000 * (2_000 ** 2 - 1)) / 12);
  };
  const [one, other] = [orderOf('one'), orderOf('other')];
  expect(Math.abs(correlation(one, [...one.keys()]))).toBeLessThan(0.1);
  expect(Math.abs(correlation(one, other))).toBeLessThan(0.1);
});

test('[VF88] a job that grows while it is handed out has every unit once', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 8 }), fc.boolean(), (growth, isStream) => {
      let order: FreshOrder = { key: 'secret', from: 0, to: 0 };
      let [unitCount, position] = [0, 0];
      const given: number[] = [];
      for (const more of growth) {
        unitCount += more;
        // Some of what is known by then; of the last, everything.
        const upTo = more % 3 === 0 ? unitCount : Math.max(position, unitCount - (more % 7));
        for (; position < upTo; position++) {
          order = orderAt(order, position, unitCount, isStream);
          given.push(freshIndex(order, position));
        }
      }
      for (; position < unitCount; position++) {
        order = orderAt(order, position, unitCount, isStream);
        given.push(freshIndex(order, position));
      }
      const all = Array.from({ length: unitCount }, (_, index) => index);
      expect(given.toSorted((a, b) => a - b)).toEqual(all);
      expect(all.map((at) => freshIndex(order, at)).toSorted((a, b) => a - b)).toEqual(all);
    }),
  );
});

test('[VF88] a stream is shuffled by thousands, because its inputs are stored by thousands', () => {
  const order = { key: 'secret', from: 0, to: 0 };
  expect(orderAt(order, 0, 1_000_000, true)).toEqual({ key: 'secret', from: 0, to: 4_096 });
  expect(orderAt(order, 0, 1_000_000, false)).toEqual({ key: 'secret', from: 0, to: 1_000_000 });
});
