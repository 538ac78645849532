/**
 * Ends leases whose deadline has passed. Every sweep first asks how much time has really passed since the one before: when the clock
 * jumped (the process was stopped, the machine slept, somebody set the clock), nobody could renew meanwhile, so live leases are
 * extended by all of it before any is ended (I34, I35). A clock that stepped back brings nothing back to life.
 */
import type { UnitRef } from '../domain/work-unit.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import { ask } from './ask.ts';
import type { CommitQueue } from './commit-queue.ts';
import type { EngineLimits } from './engine-limits.ts';

export interface LeaseSweeperPorts {
  readonly queue: CommitQueue;
  readonly store: Pick<Store, 'expiredUnits'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly limits: Pick<EngineLimits, 'sweepMs' | 'pageUnits'>;
  extendLeases(byMs: number, until: number): Promise<void>;
  onBroken(error: unknown): void;
}

/** Later than this many intervals: the clock jumped. */
const JUMP_INTERVALS = 3;

export class LeaseSweeper {
  readonly #ports: LeaseSweeperPorts;
  #lastAt: number;
  /** See `servedUntil`; as of the last tick. */
  #servedUntil: number;
  #isSweeping = false;

  constructor(ports: LeaseSweeperPorts) {
    this.#ports = ports;
    this.#lastAt = ports.clock.now();
    this.#servedUntil = this.#lastAt;
  }

  /** Up to when leases need not be extended any more: now, unless the clock jumped and they were not yet. What a restart counts its downtime from (I34). */
  get servedUntil(): number {
    const now = this.#ports.clock.now();
    return this.#hasJumped(now - this.#servedUntil) ? this.#servedUntil : now;
  }

  /** Called every `sweepMs`. */
  tick(): void {
    const { clock, onBroken } = this.#ports;
    const now = clock.now();
    const passedMs = now - this.#lastAt;
    this.#lastAt = now;
    const jumpedMs = this.#hasJumped(passedMs) ? passedMs : 0;
    this.#servedUntil = this.servedUntil;
    if (this.#isSweeping && jumpedMs === 0) return;
    this.#isSweeping = true;
    this.#sweep(now, jumpedMs)
      .catch(onBroken)
      .finally(() => {
        this.#isSweeping = false;
      });
  }

  async #sweep(now: number, jumpedMs: number): Promise<void> {
    const { store, limits } = this.#ports;
    if (jumpedMs > 0) {
      await this.#ports.extendLeases(jumpedMs, now);
      this.#servedUntil = now;
    }
    for (;;) {
      const page = await store.expiredUnits(now, limits.pageUnits);
      if (page.length === 0 || !(await this.#expire(page, now)) || page.length < limits.pageUnits) return;
    }
  }

  /** False: it could not be written now; the next sweep tries again. */
  async #expire(units: readonly UnitRef[], now: number): Promise<boolean> {
    const settled = await ask(this.#ports.queue, {
      units,
      jobs: [],
      weight: units.length,
      isSheddable: false,
      decide: (draft) => {
        // The clock jumped while this waited: the next tick extends the leases first.
        if (this.#hasJumped(draft.now - now)) return false;
        for (const { job, index } of units) draft.apply({ kind: 'expire-leases', job, index });
        return true;
      },
    });
    return settled.kind === 'durable' && settled.answer;
  }

  #hasJumped(passedMs: number): boolean {
    return passedMs > JUMP_INTERVALS * this.#ports.limits.sweepMs;
  }
}
