import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createDraw } from './draw.ts';
import { createPopulation } from './population.ts';

test('[SA3] adverse machines have their share of the computing power, however it is spread', () => {
  fc.assert(
    fc.property(fc.integer({ min: 20, max: 300 }), fc.integer({ min: 1, max: 19 }), fc.nat(), (hosts, adverse, seed) => {
      const { slowness } = createPopulation(hosts, adverse, 0.3, createDraw(seed, 'test'));
      const speeds = Array.from(slowness, (slow) => 1 / slow);
      const total = (some: readonly number[]): number => some.reduce((sum, speed) => sum + speed, 0);
      expect(total(speeds.slice(0, adverse)) / total(speeds)).toBeCloseTo(adverse / hosts, 2);
    }),
  );
});
