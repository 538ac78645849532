import { pass, type Rate } from '../domain/gcra.ts';
import { BoundedMap } from './bounded-map.ts';

/** Addresses remembered at once. Whoever has more of them to come from than this is not stopped by counting addresses. */
const MOST_KEYS = 65_536;

/** One rate, kept for each key by itself, in bounded memory: a number a key. */
export class KeyedRate {
  readonly #rate: Rate;
  readonly #theoreticalAt: BoundedMap<string, number>;

  constructor(rate: Rate, mostKeys = MOST_KEYS) {
    this.#rate = rate;
    this.#theoreticalAt = new BoundedMap(mostKeys);
  }

  /** Keys remembered now. */
  get size(): number {
    return this.#theoreticalAt.size;
  }

  /** 0: allowed, and counted. Else the milliseconds until it would be; nothing is counted. */
  take(key: string, now: number): number {
    const { waitMs, theoreticalAt } = pass(this.#rate, this.#theoreticalAt.get(key) ?? 0, now);
    if (waitMs === 0) this.#theoreticalAt.set(key, theoreticalAt);
    return waitMs;
  }

  /** What a take would answer; nothing is counted. */
  wait(key: string, now: number): number {
    return pass(this.#rate, this.#theoreticalAt.get(key) ?? 0, now).waitMs;
  }

  /** Forgets keys of which nothing need be remembered. */
  sweep(now: number): void {
    this.#theoreticalAt.deleteWhere((theoreticalAt) => theoreticalAt <= now);
  }
}
