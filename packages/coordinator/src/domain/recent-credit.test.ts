import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addRecent, NO_RECENT_CREDIT, type RecentCredit, recentAt, recentRank, sumRecent } from './recent-credit.ts';

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 10, 22);

const earning = fc.record({ microcredits: fc.integer({ min: -1e9, max: 1e12 }), at: fc.integer({ min: START, max: START + 60 * DAY_MS }) });
const fold = (earnings: readonly { microcredits: number; at: number }[]): RecentCredit =>
  earnings.reduce<RecentCredit>((recent, { microcredits, at }) => addRecent(recent, microcredits, at), NO_RECENT_CREDIT);
const close = (a: number, b: number, scale: number) => expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-9 * (1 + scale));

test('[CD7] a week without work halves it', () => {
  const earned = addRecent(NO_RECENT_CREDIT, 1_000_000, START);
  expect(recentAt(earned, START + 7 * DAY_MS)).toBeCloseTo(earned.perDay / 2, 6);
  expect(recentAt(earned, START + 21 * DAY_MS)).toBeCloseTo(earned.perDay / 8, 6);
});

test('[CD7] whoever earns 200 credits every day has an average of 200', () => {
  let recent = NO_RECENT_CREDIT;
  for (let hour = 0; hour < 24 * 100; hour++) recent = addRecent(recent, 200e6 / 24, START + (hour * DAY_MS) / 24);
  expect(recent.perDay / 200e6).toBeCloseTo(1, 2);
});

test('[CD7] [CD9] the order in which postings are added does not matter, nor when it is looked at', () => {
  fc.assert(
    fc.property(fc.array(earning, { maxLength: 20 }), fc.nat(60 * DAY_MS), (earnings, later) => {
      const scale = earnings.reduce((sum, { microcredits }) => sum + Math.abs(microcredits), 0);
      const now = START + 60 * DAY_MS + later;
      const forwards = fold(earnings);
      close(recentAt(fold(earnings.toReversed()), now), recentAt(forwards, now), scale);
      close(recentAt({ perDay: recentAt(forwards, now), at: now }, now + DAY_MS), recentAt(forwards, now + DAY_MS), scale);
    }),
  );
});

test('[CD7] [CD10] averages of accounts add up to that of their team, and a leaving account takes its own along', () => {
  fc.assert(
    fc.property(fc.array(earning, { maxLength: 9 }), fc.array(earning, { maxLength: 9 }), (some, others) => {
      const scale = [...some, ...others].reduce((sum, { microcredits }) => sum + Math.abs(microcredits), 0);
      const team = sumRecent(fold(some), fold(others));
      const end = START + 60 * DAY_MS;
      close(recentAt(team, end), recentAt(fold([...some, ...others]), end), scale);
      const { perDay, at } = fold(some);
      close(recentAt(sumRecent(team, { perDay: -perDay, at }), end), recentAt(fold(others), end), scale);
    }),
  );
});

test('[CD7] ranks order averages of different times as they stand at any time', () => {
  const positive = fc.record({
    perDay: fc.double({ min: 1e-3, max: 1e12, noNaN: true }),
    at: fc.integer({ min: START, max: START + 60 * DAY_MS }),
  });
  fc.assert(
    fc.property(positive, positive, (one, other) => {
      const end = START + 61 * DAY_MS;
      const [a, b] = [recentAt(one, end), recentAt(other, end)];
      fc.pre(Math.abs(a - b) > 1e-9 * (a + b));
      expect((recentRank(one) as number) > (recentRank(other) as number)).toBe(a > b);
    }),
  );
  expect(recentRank(NO_RECENT_CREDIT)).toBeNull();
  expect(recentRank({ perDay: -1, at: START })).toBeNull();
});

test('[CD7] a clock that stepped back makes no average larger', () => {
  const earned = addRecent(NO_RECENT_CREDIT, 1_000_000, START);
  expect(recentAt(earned, START - DAY_MS)).toBe(earned.perDay);
  expect(addRecent(earned, 0, START - DAY_MS)).toEqual(earned);
});
