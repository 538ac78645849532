/** What addresses did that is held against them: broken frames, and more registrations than a household has machines. */
import { networkOf, siteOf } from '../domain/address.ts';
import type { Clock } from '../ports/clock.ts';
import { BoundedMap } from './bounded-map.ts';
import { KeyedRate } from './keyed-rate.ts';
import type { WsLimits } from './ws-limits.ts';

const MOST_PENALTIES = 65_536;

export class AddressBook {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #penaltyMs: number;
  readonly #faults: KeyedRate;
  readonly #registrations: KeyedRate;
  readonly #siteRegistrations: KeyedRate;
  /** Until when nobody from this network is let in. */
  readonly #penalties = new BoundedMap<string, number>(MOST_PENALTIES);

  constructor(limits: Pick<WsLimits, 'faults' | 'penaltyMs' | 'registrations' | 'siteRegistrations'>, clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
    this.#penaltyMs = limits.penaltyMs;
    this.#faults = new KeyedRate(limits.faults);
    this.#registrations = new KeyedRate(limits.registrations);
    this.#siteRegistrations = new KeyedRate(limits.siteRegistrations);
  }

  /** A connection from there broke the protocol. */
  fault(address: string): void {
    const [network, now] = [networkOf(address), this.#clock.now()];
    if (this.#faults.take(network, now) > 0) this.#penalties.set(network, now + this.#penaltyMs);
  }

  /** How long nobody from there is let in, milliseconds. */
  penaltyMs(address: string): number {
    const left = (this.#penalties.get(networkOf(address)) ?? 0) - this.#clock.now();
    // Longer than any penalty is: the clock stepped back (I35).
    return left > this.#penaltyMs ? 0 : Math.max(0, left);
  }

  /** 0: one more host may register from there, and is counted. Else the milliseconds until it may. */
  register(address: string): number {
    const [site, now] = [siteOf(address), this.#clock.now()];
    const siteWaitMs = site === null ? 0 : this.#siteRegistrations.wait(site, now);
    if (siteWaitMs > 0) return siteWaitMs;
    const waitMs = this.#registrations.take(networkOf(address), now);
    if (waitMs === 0 && site !== null) this.#siteRegistrations.take(site, now);
    return waitMs;
  }

  sweep(): void {
    const now = this.#clock.now();
    for (const rates of [this.#faults, this.#registrations, this.#siteRegistrations]) rates.sweep(now);
    this.#penalties.deleteWhere((until) => until <= now);
  }
}
