import { expect, test } from 'vitest';
import { parseByteRange } from './byte-range.ts';

const WHOLE = { kind: 'whole' };
const part = (from: number, to: number) => ({ kind: 'part', from, to });
const UNSATISFIABLE = { kind: 'unsatisfiable' };

test.each([
  [undefined, WHOLE],
  ['bytes=0-0', part(0, 0)],
  ['bytes=0-9', part(0, 9)],
  ['bytes=3-5', part(3, 5)],
  ['bytes=3-', part(3, 9)],
  ['bytes=3-999', part(3, 9)],
  ['bytes=-3', part(7, 9)],
  ['bytes=-999', part(0, 9)],
  ['bytes=9-', part(9, 9)],
  ['bytes=10-', UNSATISFIABLE],
  ['bytes=-0', UNSATISFIABLE],
  ['bytes=5-3', WHOLE],
  ['bytes=-', WHOLE],
  ['bytes=0-1,3-4', WHOLE],
  ['bytes=a-b', WHOLE],
  ['lines=0-1', WHOLE],
])('[HT19] of ten bytes, %o is %o', (header, range) => {
  expect(parseByteRange(header, 10)).toEqual(range);
});

test('[HT19] nothing can be asked of an empty blob but all of it', () => {
  expect([parseByteRange(undefined, 0), parseByteRange('bytes=0-', 0), parseByteRange('bytes=-1', 0)]).toEqual([
    WHOLE,
    UNSATISFIABLE,
    UNSATISFIABLE,
  ]);
});
