import fc from 'fast-check';
import { expect, test } from 'vitest';
import { median, robustScale, runningMedian, standardDeviation } from './robust-statistics.ts';
import { seededRandom } from './seeded-random.ts';

const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 200 });

test('[NB6] the median is the middle of the sorted values, and the values stay as they were', () => {
  fc.assert(
    fc.property(values, (list) => {
      const array = Float32Array.from(list);
      const copy = array.slice();
      expect(median(array) === copy.toSorted()[copy.length >> 1]).toBe(true); // 0 and −0 are one
      expect(array).toEqual(copy);
    }),
  );
});

test('[NB6] up to a third of outliers, however strong, hardly move centre and scatter', () => {
  const random = seededRandom(3);
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const noise = Float32Array.from({ length: 3000 }, gauss);
  const spoiled = noise.map((value, i) => (i % 3 === 0 ? 1e6 * (i % 2 === 0 ? 1 : -1) : value));
  expect(robustScale(noise).median).toBeCloseTo(0, 1);
  expect(robustScale(noise).spread).toBeCloseTo(1, 1);
  expect(Math.abs(robustScale(spoiled).median)).toBeLessThan(0.1);
  expect(robustScale(spoiled).spread).toBeLessThan(2);
});

test('[NB6] values of which most are equal still have a scatter; values that are all equal have none', () => {
  const bits = Float32Array.of(0, 0, 0, 1, 0, 0, 1, 0);
  expect(robustScale(bits).spread).toBe(standardDeviation(bits));
  expect(robustScale(Float32Array.of(4, 4, 4)).spread).toBe(0);
});

test('[NB6] a running median follows slopes and ignores spikes', () => {
  const slope = Float32Array.from({ length: 50 }, (_, i) => (i === 20 ? 1e6 : i));
  const smooth = runningMedian(slope, 9);
  expect(smooth[20]).toBeLessThan(24);
  expect(smooth[40]).toBe(40);
});
