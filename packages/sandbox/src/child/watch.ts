/**
 * Ends one execution that has to end, in layers: its time runs out or somebody calls `stop` → the isolate is disposed of →
 * if the execution is still there after STUCK_MS (V8 has uninterruptible built-ins), `onStuck`: the process has to go.
 *
 * Time is counted in ticks, and a tick counts for at most two: while the process is stopped (SIGSTOP, a sleeping laptop) no time passes.
 */
import type { StopCause } from './thread-messages.ts';

const TICK_MS = 20;
const STUCK_MS = 2_000;

export interface WatchOptions {
  readonly limitMs: number;
  /** Monotonic, milliseconds. */
  readonly now: () => number;
  readonly onStop: () => void;
  readonly onStuck: () => void;
}

export class Watch {
  readonly #options: WatchOptions;
  readonly #timer: NodeJS.Timeout;
  #seenAt: number;
  #elapsedMs = 0;
  #stop: { readonly cause: StopCause; readonly atMs: number } | null = null;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#seenAt = options.now();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Why the execution was stopped; null: it was not. */
  get cause(): StopCause | null {
    return this.#stop?.cause ?? null;
  }

  /** The first cause counts. */
  stop(cause: StopCause): void {
    if (this.#stop !== null) return;
    this.#stop = { cause, atMs: this.#elapsedMs };
    this.#options.onStop();
  }

  /** The execution has ended. Returns its compute time. */
  close(): number {
    clearInterval(this.#timer);
    this.#count();
    return this.#elapsedMs;
  }

  #tick(): void {
    this.#count();
    if (this.#stop === null) {
      if (this.#elapsedMs >= this.#options.limitMs) this.stop('timeout');
    } else if (this.#elapsedMs - this.#stop.atMs >= STUCK_MS) {
      clearInterval(this.#timer);
      this.#options.onStuck();
    }
  }

  #count(): void {
    const now = this.#options.now();
    this.#elapsedMs += Math.min(now - this.#seenAt, 2 * TICK_MS);
    this.#seenAt = now;
  }
}
