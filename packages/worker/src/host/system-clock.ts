import type { Clock } from '../ports/clock.ts';

/** setTimeout fires at once for longer delays; whoever waits longer is woken early and waits again. */
const MAX_DELAY_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, work) {
    const timer = setTimeout(work, Math.min(MAX_DELAY_MS, Math.max(0, delayMs)));
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};
