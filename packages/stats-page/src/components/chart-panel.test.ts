import fc from 'fast-check';
import { expect, test } from 'vitest';
import { roundCeiling } from './chart-panel.ts';

test('the scale ends at a round number that the curve never passes', () => {
  expect([0, 0.3, 1, 1.1, 4, 7, 41, 99, 101].map(roundCeiling)).toEqual([1, 0.5, 1, 2, 5, 10, 50, 100, 200]);
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (peak) => {
      expect(roundCeiling(peak)).toBeGreaterThanOrEqual(peak * (1 - 1e-12));
      expect(roundCeiling(peak)).toBeLessThanOrEqual(peak * 10);
    }),
  );
});
