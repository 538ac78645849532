import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clearLine, offsetAt, sumLine, sumLines } from './dedrift.ts';
import { shiftsUpTo } from './drift-shifts.ts';
import { seededRandom } from './seeded-random.ts';

const SPECTRA = 9;
const PAD = 12;
const LINES = 14;
const grid = { spectra: SPECTRA, width: LINES + 2 * PAD, pad: PAD };
const noise = (seed: number) => Float32Array.from({ length: SPECTRA * grid.width }, seededRandom(seed));

test('[NB5] a line takes, in each spectrum, the sample nearest to it', () => {
  fc.assert(
    fc.property(fc.integer({ min: -20, max: 20 }), fc.integer(), (shift, seed) => {
      const samples = noise(seed);
      const sums = new Float32Array(LINES);
      sumLines(samples, grid, shift, sums);
      for (let line = 0; line < LINES; line++) {
        let expected = 0;
        for (let t = 0; t < SPECTRA; t++) {
          const truth = line + PAD + shift * (t / (SPECTRA - 1) - 0.5);
          const taken = line + PAD + offsetAt(shift, t, SPECTRA);
          expect(Math.abs(taken - truth)).toBeLessThanOrEqual(0.5);
          expected += samples[t * grid.width + taken] as number;
        }
        expect(sums[line]).toBeCloseTo(expected, 4);
        expect(sumLine(samples, grid, shift, line, 1)).toBeCloseTo(expected, 4);
      }
    }),
  );
});

test('[NB5] a cleared line sums to nothing, and its neighbours are untouched', () => {
  const samples = noise(1);
  const before = sumLine(samples, grid, 5, 7, 1);
  clearLine(samples, grid, 5, 4, 3);
  expect(sumLine(samples, grid, 5, 4, 3)).toBe(0);
  expect(sumLine(samples, grid, 5, 7, 1)).toBe(before);
});

test('[NB5] drifts of both signs are tried, one channel apart until a tone smears over more', () => {
  expect(shiftsUpTo(3, 100)).toEqual([-3, -2, -1, 0, 1, 2, 3]);
  expect(shiftsUpTo(0, 100)).toEqual([0]);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 4, max: 512 }), (maxShift, spectra) => {
      const shifts = shiftsUpTo(maxShift, spectra);
      expect(shifts.toReversed().map((shift) => 0 - shift)).toEqual(shifts);
      shifts.slice(1).forEach((shift, i) => {
        const apart = shift - (shifts[i] as number);
        expect(apart).toBeGreaterThanOrEqual(1);
        expect(apart).toBeLessThanOrEqual(Math.max(1, Math.max(Math.abs(shift), Math.abs(shifts[i] as number)) / spectra));
      });
    }),
  );
});
