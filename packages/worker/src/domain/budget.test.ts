import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { assignment, taskId } from '../../test/builders.ts';
import { depthPerThread, hasReserve, isWorthSaying, learn, NEW_TEMPO, type Tempo, wishFor } from './budget.ts';
import { type HeldLease, type LeaseBook, type LeasePhase, withLeases } from './lease-book.ts';

const SETTINGS = { threads: 2, horizonMs: 1_000, maxAhead: 500 };
const PHASES: Record<string, LeasePhase> = {
  preparing: { kind: 'preparing' },
  queued: { kind: 'queued' },
  running: { kind: 'running', fraction: 0, reported: 0 },
};

const book = (counts: { preparing?: number; queued?: number; running?: number }, task = taskId()): LeaseBook => {
  const phases = Object.entries(counts).flatMap(([kind, count]) => Array.from({ length: count }, () => PHASES[kind] as LeasePhase));
  return withLeases(
    new Map(),
    phases.map((phase, n): HeldLease => ({ ...assignment(n, { task }), phase, attempt: 1, hasCheckpoint: false })),
  );
};

const tempoOf = (elapsedMs: number): Tempo => learn(NEW_TEMPO, taskId(), elapsedMs - 1);

test('[WK15] before anything was measured: a unit per thread and two in reserve', () => {
  expect(wishFor(SETTINGS, NEW_TEMPO, book({}))).toBe(4);
  expect(wishFor({ ...SETTINGS, threads: 1 }, NEW_TEMPO, book({}))).toBe(2);
});

test('[WK15] of long units only the reserve waits', () => {
  expect(wishFor(SETTINGS, tempoOf(600_000), book({ running: 2, queued: 2 }))).toBe(0);
  expect(wishFor(SETTINGS, tempoOf(600_000), book({ running: 2 }))).toBe(2);
});

test('[WK15] of tiny units hundreds wait', () => {
  expect(wishFor(SETTINGS, tempoOf(2), book({ running: 2 }))).toBe(502);
  expect(wishFor(SETTINGS, tempoOf(10), book({ running: 2, queued: 50 }))).toBe(150);
});

test('[WK15] units of a task never measured count as long, so that a change of job hoards once at most', () => {
  expect(wishFor(SETTINGS, tempoOf(2), book({ running: 2, queued: 2 }, taskId(1)))).toBe(0);
});

test('[WK15] never negative, and bounded however small the units are', () => {
  const size = fc.nat(200);
  fc.assert(
    fc.property(size, size, size, fc.integer({ min: 1, max: 1e7 }), (preparing, queued, running, ms) => {
      const wish = wishFor(SETTINGS, tempoOf(ms), book({ preparing, queued, running }));
      expect(wish).toBeGreaterThanOrEqual(0);
      expect(wish + preparing + queued).toBeLessThanOrEqual(Math.max(preparing + queued, SETTINGS.threads + SETTINGS.maxAhead));
    }),
  );
});

test('[WK13] there is time to gather while every thread knows its next unit', () => {
  expect(hasReserve(SETTINGS, book({ running: 2, queued: 2 }))).toBe(true);
  expect(hasReserve(SETTINGS, book({ running: 3, preparing: 1 }))).toBe(true);
  expect(hasReserve(SETTINGS, book({ running: 3 }))).toBe(false);
  expect(hasReserve(SETTINGS, book({ running: 1, queued: 1 }))).toBe(false);
});

test('[WK15] a wish is said again only when it changed much', () => {
  expect([isWorthSaying(4, 0), isWorthSaying(5, 4), isWorthSaying(8, 4)]).toEqual([true, false, true]);
  expect([isWorthSaying(0, 1), isWorthSaying(3, 5), isWorthSaying(2, 5), isWorthSaying(0, 0)]).toEqual([true, false, true, false]);
});

test('[WK8] long and unknown units one per thread, short ones with a reserve, tiny ones in bunches', () => {
  const depth = (ms: number): number => depthPerThread(tempoOf(ms), taskId());
  expect(depthPerThread(NEW_TEMPO, taskId())).toBe(1);
  expect([depth(60_000), depth(1_000), depth(999), depth(100), depth(20), depth(1)]).toEqual([1, 1, 2, 2, 5, 32]);
});

test('durations are averaged, so that one odd unit changes little', () => {
  const tempo = learn(tempoOf(100), taskId(), 1_099);
  expect(tempo.recentMs).toBe(300);
  expect(tempo.byTask.get(taskId())).toBe(300);
});
