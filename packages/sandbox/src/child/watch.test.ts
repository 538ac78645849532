import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Watch } from './watch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watchOf(limitMs: number) {
  const seen: ('stop' | 'stuck')[] = [];
  const watch = new Watch({
    limitMs,
    now: () => performance.now(),
    onStop: () => void seen.push('stop'),
    onStuck: () => void seen.push('stuck'),
  });
  return { watch, seen };
}

test('[SB26] an execution is stopped when its time is up, once', () => {
  const { watch, seen } = watchOf(100);
  vi.advanceTimersByTime(99);
  expect(seen).toEqual([]);
  vi.advanceTimersByTime(20);
  expect(seen).toEqual(['stop']);
  expect(watch.cause).toBe('timeout');
  vi.advanceTimersByTime(1_000);
  expect(seen).toEqual(['stop']);
  watch.close();
});

test('[SB26] one that does not stop within two seconds takes the process with it', () => {
  const { watch, seen } = watchOf(1_000_000);
  watch.stop('aborted');
  watch.stop('timeout');
  vi.advanceTimersByTime(1_980);
  expect(seen).toEqual(['stop']);
  vi.advanceTimersByTime(40);
  expect(seen).toEqual(['stop', 'stuck']);
  watch.close();
});

test('[SB15] time in which the process was stopped does not count', () => {
  const { watch, seen } = watchOf(200);
  vi.advanceTimersByTime(100);
  // SIGSTOP: the clock runs on and no timer fires.
  vi.setSystemTime(Date.now() + 60_000);
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000);
  vi.advanceTimersByTime(20);
  expect(seen).toEqual([]);
  expect(watch.close()).toBeLessThanOrEqual(140);
  vi.restoreAllMocks();
});

test('[SB6] close tells the compute time, to the millisecond', () => {
  const { watch } = watchOf(1_000);
  vi.advanceTimersByTime(47);
  expect(watch.close()).toBe(47);
});
