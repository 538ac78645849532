import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from './random.ts';

const draw = (seed: string, count: number): number[] => {
  const random = createRandom(seed);
  return Array.from({ length: count }, random);
};

test('[SB3] numbers lie in [0, 1) and depend on the seed alone', () => {
  fc.assert(
    fc.property(fc.string(), (seed) => {
      const numbers = draw(seed, 20);
      expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
      expect(draw(seed, 20)).toEqual(numbers);
    }),
  );
});

test('[SB3] the sequence is pinned: changing it would split replicas on different versions', () => {
  expect(draw('job_0000000000000000000000/17', 3)).toMatchInlineSnapshot(`
    [
      0.7582294804175006,
      0.20142538604553728,
      0.3970468469864675,
    ]
  `);
});

test('[SB3] neighbouring seeds draw as if they had nothing to do with each other', () => {
  const firsts = Array.from({ length: 10_000 }, (_, i) => createRandom(`job/${i}`)());
  const mean = firsts.reduce((sum, number) => sum + number, 0) / firsts.length;
  const correlation = firsts.slice(1).reduce((sum, number, i) => sum + (number - 0.5) * ((firsts[i] as number) - 0.5), 0) / firsts.length;
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.015);
  expect(Math.abs(correlation)).toBeLessThan(0.005);
  expect(new Set(firsts).size).toBe(firsts.length);
});
