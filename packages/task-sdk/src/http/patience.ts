/** How requests are tried again: the wait doubles, is jittered so that many authors do not return at one instant, and has an end. */
import { setTimeout as sleep } from 'node:timers/promises';

/** The world's part in waiting, so that tests need not wait. */
export interface Timing {
  /** Uniform in [0, 1). */
  random(): number;
  /** Rejects with the signal's reason when it is aborted. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

export const realTiming: Timing = {
  random: Math.random,
  wait: async (ms, signal) => {
    await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
      throw signal?.aborted ? signal.reason : error;
    });
  },
};

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 15_000;

/** Milliseconds before try `attempt` + 1 (attempts count from 0): 50 to 100 % of 250 ms · 2^attempt, at most 15 s. */
export function backoffMs(attempt: number, random: number): number {
  const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt, 20));
  return Math.round(full * (0.5 + random / 2));
}
