/**
 * When those who are sent away shall come back: spread over the time it takes to let them all in, so that few come twice.
 * The crowd is one number, `clearedAt`: when the last of those that are expected could be in, at `perSecond` handshakes.
 */

/** Those who are told the longest still come before the door has been idle for half of that time. */
const SPREAD = 1.5;
/** Taking leave of somebody takes about this much of the time that letting in does. */
const FAREWELL_SHARE = 0.15;
/** Beyond that a worker would rather ask again; and a clock that stepped back keeps nobody away for longer (I35). */
const LONGEST_MS = 15 * 60_000;

/** `clearedAt` when so many more are expected. */
export const expectMore = (clearedAt: number, count: number, perSecond: number, now: number): number =>
  Math.min(Math.max(clearedAt, now), now + LONGEST_MS) + (count * 1000) / perSecond;

/** `draw`: uniform in [0, 1). `leastMs`: nobody is wanted before that. */
export const returnDelayMs = (clearedAt: number, now: number, leastMs: number, draw: number): number =>
  Math.ceil(Math.min(LONGEST_MS, leastMs + draw * SPREAD * Math.max(0, clearedAt - now)));

/** How long it takes to come back for a coordinator that has so many to take leave of first: `restartMs` without any. */
export const downtimeMs = (restartMs: number, count: number, perSecond: number): number =>
  restartMs + (FAREWELL_SHARE * count * 1000) / perSecond;

/** Below that nothing can be said of what a door can do. */
const SLOWEST_PER_SECOND = 20;
/** How much the last second counts. */
const WEIGHT = 0.5;

/**
 * What the door can do, learned from one second of it: more than was thought possible counts at once, less only when somebody was sent away,
 * since otherwise nobody knows how many it could have been.
 */
export function learnRate(perSecond: number, second: { readonly letIn: number; readonly isFull: boolean }): number {
  if (second.letIn >= perSecond) return second.letIn;
  if (!second.isFull) return perSecond;
  return Math.max(SLOWEST_PER_SECOND, perSecond + WEIGHT * (second.letIn - perSecond));
}
