/**
 * Generic cell rate algorithm: a token bucket in one number, without a timer. `theoreticalAt` is when the next event would come if events
 * came at exactly the allowed rate; one may come as long as that is no further ahead than a whole burst lasts.
 */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export interface Passage {
  /** 0: it may pass, and is counted. Else the milliseconds until it may; nothing is counted. */
  readonly waitMs: number;
  /** To be remembered for the next. */
  readonly theoreticalAt: number;
}

/** `theoreticalAt`: what the last passage left, 0 before the first. `cost`: one event, or so many bytes; what exceeds the burst counts as the burst. */
export function pass({ perSecond, burst }: Rate, theoreticalAt: number, now: number, cost = 1): Passage {
  const intervalMs = 1000 / perSecond;
  const burstMs = burst * intervalMs;
  // Further ahead than a whole burst can put it: the clock stepped back, and nobody shall wait for it to catch up (I35).
  const from = theoreticalAt - now > burstMs ? now : Math.max(theoreticalAt, now);
  const next = from + Math.min(cost, burst) * intervalMs;
  const waitMs = next - burstMs - now;
  return waitMs > 0 ? { waitMs, theoreticalAt } : { waitMs: 0, theoreticalAt: next };
}
