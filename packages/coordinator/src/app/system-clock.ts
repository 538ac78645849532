import type { MachineClock } from '../ports/clock.ts';

/** Timers keep nobody alive: the listening socket does. */
export const systemClock: MachineClock = {
  now: () => Date.now(),
  elapsedMs: () => performance.now(),
  every(intervalMs, work) {
    const timer = setInterval(work, intervalMs).unref();
    return { [Symbol.dispose]: () => clearInterval(timer) };
  },
};
