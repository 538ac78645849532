/** One life of the coordinator: from its start on what the disk holds, to its death. Its clock may be wrong, and it may stand still for a while. */
import { digestOf } from '@manyhands/identity';
import { createSeededEntropy } from '@manyhands/testkit';
import { createSteadyClock } from '../../packages/coordinator/src/app/steady-clock.ts';
import type { Coordinator } from '../../packages/coordinator/src/engine/coordinator.ts';
import { createCoordinator } from '../../packages/coordinator/src/engine/create-coordinator.ts';
import type { EngineLimits } from '../../packages/coordinator/src/engine/engine-limits.ts';
import type { BlobStore } from '../../packages/coordinator/src/ports/blob-store.ts';
import type { Clock, MachineClock } from '../../packages/coordinator/src/ports/clock.ts';
import type { Judge } from '../../packages/coordinator/src/ports/judge.ts';
import type { Store } from '../../packages/coordinator/src/ports/store.ts';
import { createFragileStore, type FragileStore, type Mortal } from './fragile-store.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface LifeOptions {
  /** No two lives draw the same ids. */
  readonly seed: number;
  readonly rows: Store;
  readonly judge: Judge;
  readonly time: VirtualTime;
  readonly limits: Partial<EngineLimits>;
  /** What the machine's clock shows besides true time, now. */
  clockOffsetMs(): number;
  /** The last that can be on record; null: nothing is. */
  readonly lastMoment: number | null;
  onDeath(why: string): void;
  onBroken(error: unknown): void;
}

/** Every output travels inline. */
const NO_BLOBS = { size: async () => null } as unknown as BlobStore;

/** Slower than this its clock may not be (SV9). */
const SLOWEST = 15 / 16;

export class Life implements Mortal, MachineClock {
  readonly coordinator: Coordinator;
  readonly fragile: FragileStore;
  /** What the coordinator goes by. */
  readonly clock: Clock;
  readonly #options: LifeOptions;
  /** What its clock showed when it began, and when it was last looked at. */
  readonly #began: { readonly at: number; readonly shown: number };
  #lastShown: number;
  #isDead = false;
  #isDying = false;
  #pausedUntil = 0;

  constructor(options: LifeOptions) {
    this.#options = options;
    this.clock = createSteadyClock(this, { notBefore: options.lastMoment, onBehind: () => {} });
    this.#lastShown = this.clock.now();
    this.#began = { at: options.time.now, shown: this.#lastShown };
    this.fragile = createFragileStore(options.rows, this);
    this.coordinator = createCoordinator({
      store: this.fragile.store,
      blobs: NO_BLOBS,
      judge: options.judge,
      clock: this.clock,
      entropy: createSeededEntropy(options.seed),
      digestText: digestOf,
      limits: options.limits,
      onBroken: (error) => {
        if (!this.#isDead) options.onBroken(error);
      },
    });
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** Of the time since then, what it was there for. */
  servedSince(at: number): number {
    return Math.max(0, this.#options.time.now - Math.max(at, this.#pausedUntil));
  }

  /** It goes on until it has said what there is to say. */
  get isDying(): boolean {
    return this.#isDying && !this.#isDead;
  }

  /** SV9: what is wrong with its clock; null: nothing. */
  clockFault(): string | null {
    const [shown, before] = [this.clock.now(), this.#lastShown];
    this.#lastShown = shown;
    if (shown < before) return `its time went back by ${before - shown} ms`;
    const leastMs = (this.#options.time.now - this.#began.at) * SLOWEST - 1;
    return shown - this.#began.shown < leastMs ? `its time went on by ${shown - this.#began.shown} ms, and not by ${leastMs}` : null;
  }

  readonly elapsedMs = (): number => this.#options.time.now;

  /** What the machine shows. */
  readonly now = (): number => this.#options.time.now + this.#options.clockOffsetMs();

  readonly every = (intervalMs: number, work: () => void): Disposable => {
    let isOn = true;
    const tick = (): void => {
      this.#options.time.after(intervalMs, () =>
        this.hear(() => {
          if (!isOn) return;
          work();
          tick();
        }),
      );
    };
    tick();
    return { [Symbol.dispose]: () => (isOn = false) };
  };

  /** Something reaches the process: at once, when it goes on, or never. */
  hear(work: () => void): void {
    if (this.#isDead) return;
    const leftMs = this.#pausedUntil - this.#options.time.now;
    if (leftMs > 0) this.#options.time.after(leftMs, () => this.hear(work));
    else work();
  }

  /** Stands still, as a process stopped by SIGSTOP does. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#options.time.now + ms);
  }

  die(why: string): void {
    if (this.#isDead) return;
    this.#isDead = true;
    this.#options.onDeath(why);
  }

  dieWhenQuiet(): void {
    this.#isDying = true;
  }
}
