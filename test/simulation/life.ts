/** One life of the coordinator: from its start on what the disk holds, to its death. Its clock may be wrong, and it may stand still for a while. */
import { digestOf } from '@manyhands/identity';
import { createSeededEntropy } from '@manyhands/testkit';
import type { Coordinator } from '../../packages/coordinator/src/engine/coordinator.ts';
import { createCoordinator } from '../../packages/coordinator/src/engine/create-coordinator.ts';
import type { EngineLimits } from '../../packages/coordinator/src/engine/engine-limits.ts';
import type { BlobStore } from '../../packages/coordinator/src/ports/blob-store.ts';
import type { Clock } from '../../packages/coordinator/src/ports/clock.ts';
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
  onDeath(why: string): void;
  onBroken(error: unknown): void;
}

/** Every output travels inline. */
const NO_BLOBS = { size: async () => null } as unknown as BlobStore;

export class Life implements Mortal, Clock {
  readonly coordinator: Coordinator;
  readonly fragile: FragileStore;
  readonly #options: LifeOptions;
  #isDead = false;
  #isDying = false;
  #pausedUntil = 0;

  constructor(options: LifeOptions) {
    this.#options = options;
    this.fragile = createFragileStore(options.rows, this);
    this.coordinator = createCoordinator({
      store: this.fragile.store,
      blobs: NO_BLOBS,
      judge: options.judge,
      clock: this,
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
