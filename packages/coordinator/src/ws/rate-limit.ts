/**
 * Generic cell rate algorithm: one number instead of a bucket and a timer. `theoreticalAt` is when the next event would come
 * if events came at exactly the allowed rate; an event may come up to `burst − 1` intervals before that.
 */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export class RateLimit {
  readonly #intervalMs: number;
  readonly #toleranceMs: number;
  #theoreticalAt = 0;

  constructor({ perSecond, burst }: Rate) {
    this.#intervalMs = 1000 / perSecond;
    this.#toleranceMs = this.#intervalMs * (burst - 1);
  }

  /** 0: allowed, and counted. Else the milliseconds until it would be; nothing is counted. */
  take(now: number): number {
    // Further ahead than a whole burst can put it: the clock stepped back, and nobody shall wait for it to catch up (I35).
    const steppedBack = this.#theoreticalAt - now > this.#toleranceMs + this.#intervalMs;
    const at = steppedBack ? now : Math.max(this.#theoreticalAt, now);
    const waitMs = at - this.#toleranceMs - now;
    if (waitMs > 0) return waitMs;
    this.#theoreticalAt = at + this.#intervalMs;
    return 0;
  }

  /** True: nothing is remembered that a new limit would not know. */
  isFresh(now: number): boolean {
    return this.#theoreticalAt <= now;
  }
}
