import { pass, type Rate } from '../domain/gcra.ts';

/** One rate for one thing that comes and goes with its owner. */
export class RateLimit {
  readonly #rate: Rate;
  #theoreticalAt = 0;

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** 0: allowed, and counted. Else the milliseconds until it would be; nothing is counted. */
  take(now: number, cost = 1): number {
    const { waitMs, theoreticalAt } = pass(this.#rate, this.#theoreticalAt, now, cost);
    this.#theoreticalAt = theoreticalAt;
    return waitMs;
  }

  /** What a take would answer; nothing is counted. */
  wait(now: number): number {
    return pass(this.#rate, this.#theoreticalAt, now).waitMs;
  }
}
