import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createValve } from './valve.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const now = (): number => performance.now();

test('[SB11] the first value passes at once, then at most one an interval, always the newest', () => {
  const sent: number[] = [];
  const valve = createValve<number>(250, (value) => sent.push(value), now);
  valve.offer(1);
  valve.offer(2);
  valve.offer(3);
  expect(sent).toEqual([1]);
  vi.advanceTimersByTime(249);
  expect(sent).toEqual([1]);
  vi.advanceTimersByTime(1);
  expect(sent).toEqual([1, 3]);
  vi.advanceTimersByTime(1_000);
  expect(sent).toEqual([1, 3]);
  valve.offer(4);
  expect(sent).toEqual([1, 3, 4]);
});

test('[SB11] flush sends what waits, close forgets it', () => {
  const sent: number[] = [];
  const valve = createValve<number>(250, (value) => sent.push(value), now);
  valve.offer(1);
  valve.offer(2);
  valve.flush();
  valve.flush();
  expect(sent).toEqual([1, 2]);
  valve.offer(3);
  valve.close();
  vi.advanceTimersByTime(1_000);
  expect(sent).toEqual([1, 2]);
});

test('[SB11] a thousand offers in ten seconds make forty', () => {
  const sent: number[] = [];
  const valve = createValve<number>(250, (value) => sent.push(value), now);
  for (let i = 0; i < 1_000; i++) {
    valve.offer(i);
    vi.advanceTimersByTime(10);
  }
  valve.flush();
  expect(sent.length).toBeLessThanOrEqual(42);
  expect(sent.at(-1)).toBe(999);
});
