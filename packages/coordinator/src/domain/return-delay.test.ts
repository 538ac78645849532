import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { downtimeMs, expectMore, learnRate, returnDelayMs } from './return-delay.ts';

const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('[GW19] the delay is spread over one and a half times what it takes to let everybody in', () => {
  const clearedAt = expectMore(0, 300, 30, 1_000);
  expect(clearedAt).toBe(11_000);
  expect([0, 0.5, 1].map((chance) => returnDelayMs(clearedAt, 1_000, 1_000, chance))).toEqual([1_000, 8_500, 16_000]);
});

test('[GW19] never sooner than the least; when nobody else is expected, at the least', () => {
  fc.assert(
    fc.property(fc.nat(100_000), fc.nat(100_000), fc.nat(10_000), draw, (clearedAt, now, least, chance) => {
      expect(returnDelayMs(clearedAt, now, least, chance)).toBeGreaterThanOrEqual(least);
      expect(returnDelayMs(now, now, least, chance)).toBe(least);
    }),
  );
});

test('[GW19] those who came meanwhile are waited for no more: the crowd shrinks with time', () => {
  const clearedAt = expectMore(0, 300, 30, 0);
  expect(expectMore(clearedAt, 30, 30, 4_000)).toBe(11_000);
  expect(expectMore(clearedAt, 30, 30, 60_000)).toBe(61_000);
});

test('[GW19] nobody is sent away for more than a quarter of an hour, whatever the crowd and the clock', () => {
  expect(returnDelayMs(expectMore(0, 1e9, 1, 0), 0, 1_000, 0.9)).toBe(900_000);
  expect(returnDelayMs(expectMore(7_200_000, 0, 1, 0), 0, 1_000, 0.1)).toBeLessThanOrEqual(900_000);
});

test('[GW19] the rate follows what was seen: up at once, down only when somebody had to be sent away', () => {
  expect(learnRate(300, { letIn: 900, isFull: false })).toBe(900);
  expect(learnRate(300, { letIn: 3, isFull: false })).toBe(300);
  expect(learnRate(300, { letIn: 200, isFull: true })).toBe(250);
  expect(learnRate(20, { letIn: 0, isFull: true })).toBe(20);
});

test('[GW19] a restart takes the longer the more there are to take leave of', () => {
  expect([downtimeMs(5_000, 0, 300), downtimeMs(5_000, 10_000, 300)]).toEqual([5_000, 10_000]);
});
