/** When to try again. Jittered always, so that a thousand hosts that lost one coordinator do not come back as one. */

export interface BackoffSettings {
  readonly baseMs: number;
  readonly capMs: number;
}

export const RECONNECT: BackoffSettings = { baseMs: 1_000, capMs: 300_000 };
export const TRANSFER: BackoffSettings = { baseMs: 1_000, capMs: 60_000 };

/** The share of a told delay that is added at most, to spread those who were told the same. */
const SPREAD = 0.25;
/** … and no more than this: long delays are spread by the coordinator already, which knows how many it told. */
const LONGEST_SPREAD_MS = 5_000;

/**
 * Milliseconds to wait after failed attempt number `attempt` (from 0). `draw` is uniform in [0, 1).
 * `toldMs`: what the coordinator asked for, or null; never sooner than that (I32).
 */
export function retryDelayMs(settings: BackoffSettings, attempt: number, toldMs: number | null, draw: number): number {
  const exponential = Math.min(settings.capMs, settings.baseMs * 2 ** Math.min(attempt, 30));
  const own = exponential * (0.5 + 0.5 * draw);
  return Math.ceil(toldMs === null ? own : Math.max(own, toldMs + Math.min(LONGEST_SPREAD_MS, toldMs * SPREAD) * draw));
}
