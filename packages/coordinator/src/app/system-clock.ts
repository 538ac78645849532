import type { Clock } from '../ports/clock.ts';

/** Timers keep nobody alive: the listening socket does. */
export const systemClock: Clock = {
  now: () => Date.now(),
  every(intervalMs, work) {
    const timer = setInterval(work, intervalMs).unref();
    return { [Symbol.dispose]: () => clearInterval(timer) };
  },
};
