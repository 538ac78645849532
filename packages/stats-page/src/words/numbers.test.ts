import fc from 'fast-check';
import { expect, test } from 'vitest';
import { count, counted, duration, instant, percent, rate } from './numbers.ts';

test('[PG12] a percentage is 100 only when all is done and 0 only when nothing is', () => {
  expect(percent(0, 10)).toBe('0 %');
  expect(percent(0, 0)).toBe('0 %');
  expect(percent(1, 1_000_000)).toBe('under 1 %');
  expect(percent(999_999, 1_000_000)).toBe('99 %');
  expect(percent(10, 10)).toBe('100 %');
  expect(percent(1, 3)).toBe('33 %');
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e9 }), fc.nat(1e9), (total, raw) => {
      const part = raw % (total + 1);
      expect(percent(part, total) === '100 %').toBe(part === total);
      expect(percent(part, total) === '0 %').toBe(part === 0);
    }),
  );
});

test('counts are grouped, and one is singular', () => {
  expect(count(1_234_567)).toBe('1,234,567');
  expect(counted(1, 'machine')).toBe('1 machine');
  expect(counted(0, 'machine')).toBe('0 machines');
  expect(counted(2, 'entry', 'entries')).toBe('2 entries');
});

test('rates keep three digits', () => {
  expect([0, 0.1234, 41.72, 1_234.5, 9_999, 20_400, 3_456_000].map(rate)).toEqual([
    '0',
    '0.123',
    '41.7',
    '1,230',
    '10,000',
    '20.4K',
    '3.46M',
  ]);
});

const SECOND = 1_000;
const DAY = 86_400 * SECOND;
test.each([
  [0, 'a few seconds'],
  [9_999, 'a few seconds'],
  [10 * SECOND, 'about 10 seconds'],
  [89 * SECOND, 'about 89 seconds'],
  [128 * SECOND, 'about 2 minutes'],
  [89 * 60 * SECOND, 'about 89 minutes'],
  [3 * 3_600 * SECOND, 'about 3 hours'],
  [2 * DAY, 'about 2 days'],
  [21 * DAY, 'about 3 weeks'],
  [200 * DAY, 'about 7 months'],
  [3_000 * DAY, 'about 8 years'],
  [1e15, 'about 31,688 years'],
])('%d ms is %s', (ms, words) => {
  expect(duration(ms)).toBe(words);
});

test('[PG12] a point in time carries its zone', () => {
  expect(instant(Date.UTC(2026, 10, 22, 18, 45, 12))).toBe('22 Nov 2026, 18:45:12 UTC');
});
