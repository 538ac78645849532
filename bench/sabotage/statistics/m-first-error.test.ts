import { expect, test } from 'vitest';
import { smallestM } from '../schemes/m-first.ts';
import { mFirstError, mFirstRedundancy } from './m-first-error.ts';

test.each([
  [20, 15],
  [100, 29],
  [1000, 51],
])('[SA12] one wrong in %i at f = .35 needs m = %i', (wrongIn, m) => {
  expect(smallestM(0.35, wrongIn)).toBe(m);
});

test('[SA12] one wrong in a million at f = .2 costs 32.5 results per unit', () => {
  expect(mFirstRedundancy(smallestM(0.2, 1e6), 0.2)).toBe(32.5);
});

test('[SA12] the plain voting table', () => {
  expect([1, 2, 3, 4].map((m) => mFirstError(m, 0.05).toPrecision(3))).toEqual(['0.0500', '0.00725', '0.00116', '0.000194']);
  expect([2, 3, 4].map((m) => mFirstError(m, 0.2).toPrecision(2))).toEqual(['0.10', '0.058', '0.033']);
});
