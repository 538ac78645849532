import type { JobView, UnitCounts } from '@manyhands/protocol';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { progressBlock, progressSentence, widths } from './job-progress.ts';
import { duration, rate, shortened } from './words.ts';

const states = ['waiting', 'running', 'verifying', 'provisional', 'final', 'failed', 'cancelled'] as const;
const counts = fc
  .record(Object.fromEntries(states.map((state) => [state, fc.nat({ max: 1e6 })])) as Record<(typeof states)[number], fc.Arbitrary<number>>)
  .map((units): UnitCounts => ({ ...units, total: states.reduce((sum, state) => sum + units[state], 0) }));

const view = (units: Partial<UnitCounts>, rest: Partial<JobView> = {}): JobView =>
  ({
    title: 'A search',
    state: 'running',
    unitsPerSecond: 0,
    remainingMs: null,
    units: { total: 0, waiting: 0, running: 0, verifying: 0, provisional: 0, final: 0, failed: 0, cancelled: 0, ...units },
    ...rest,
  }) as JobView;

test('[CL4] a bar is always as wide as asked, each state within one cell of its share', () => {
  fc.assert(
    fc.property(counts, fc.integer({ min: 1, max: 200 }), (units, width) => {
      const cells = widths(units, width);
      expect(cells.reduce((sum, n) => sum + n, 0)).toBe(width);
      const order = ['final', 'provisional', 'failed', 'verifying', 'running', 'cancelled', 'waiting'] as const;
      if (units.total === 0) return;
      for (const [i, state] of order.entries()) {
        expect(Math.abs((cells[i] ?? 0) - (units[state] / units.total) * width)).toBeLessThanOrEqual(1.0001);
      }
    }),
  );
});

test('[CL4] answers that are believed for now are told; when only they are left, no time is', () => {
  const working = view({ total: 100, final: 10, provisional: 60, running: 30 }, { unitsPerSecond: 5, remainingMs: 6_000 });
  expect(progressSentence(working)).toBe('10 of 100 units verified (10 %), 60 more answered, 30 running, 5.0 units/s, about 6 s left');
  const audited = view({ total: 100, final: 10, provisional: 90 }, { unitsPerSecond: 5, remainingMs: 0 });
  expect(progressSentence(audited)).toBe(
    '10 of 100 units verified (10 %), 90 more answered, 5.0 units/s, checking some of the answers again',
  );
});

test('[CL4] progress is one sentence, with a rate and a time left only when they are known', () => {
  const running = view({ total: 1000, final: 312, running: 8, verifying: 4, waiting: 676 }, { unitsPerSecond: 52, remainingMs: 13_200 });
  expect(progressSentence(running)).toBe(
    '312 of 1,000 units verified (31 %), 8 running, 4 verifying, 676 waiting, 52 units/s, about 13 s left',
  );
  expect(progressSentence(view({ total: 10, waiting: 10 }))).toBe('0 of 10 units verified (0 %), 10 waiting, time left not yet known');
  expect(progressSentence(view({ total: 3, final: 2, failed: 1 }, { state: 'done' }))).toBe('2 of 3 units verified (66 %), 1 failed, done');
  expect(progressSentence(view({}, { state: 'open' }))).toContain('inputs still arriving');
});

test('[CL4] states differ by sign and not by colour alone', () => {
  const plain = { paint: (_: unknown, text: string) => text, width: 20 };
  expect(progressBlock(view({ total: 4, final: 1, running: 1, verifying: 1, waiting: 1 }), plain).split('\n')[1]).toBe(
    '█████▓▓▓▓▓▒▒▒▒▒░░░░░',
  );
});

test('times, rates and long texts in words', () => {
  expect([400, 59_400, 61_000, 3_600_000, 200 * 3_600_000].map(duration)).toEqual(['0 s', '59 s', '1 min 1 s', '1 h 0 min', '8 days 8 h']);
  expect([0, 1234.5, 2.25, 0.01].map(rate)).toEqual(['no units a second', '1,235 units/s', '2.3 units/s', '0.6 units/min']);
  expect(shortened('one\n  two three', 9)).toBe('one two …');
});
