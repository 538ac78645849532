import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Deadline } from './deadline.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('[SB15] paused time does not count', () => {
  const due = vi.fn();
  const deadline = new Deadline(100, due);
  vi.advanceTimersByTime(60);
  deadline.pause();
  deadline.pause();
  vi.advanceTimersByTime(10_000);
  expect(deadline.ranMs).toBe(60);
  deadline.resume();
  deadline.resume();
  vi.advanceTimersByTime(39);
  expect(due).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(due).toHaveBeenCalledOnce();
});

test('[SB26] a cancelled one never comes, and a week is not too long', () => {
  const due = vi.fn();
  new Deadline(100, due).cancel();
  const week = new Deadline(14 * 24 * 3_600_000, due);
  vi.advanceTimersByTime(10_000);
  expect(due).not.toHaveBeenCalled();
  week.cancel();
});
