/** Pushes the figures to open pages: at most twice a second while something changes, and now and then when nothing does. */
import type { StatsView } from '@manyhands/protocol';
import type { Coordinator } from '../engine/coordinator.ts';
import type { Clock } from '../ports/clock.ts';
import type { Board } from './board.ts';
import { Pulse } from './pulse.ts';

const BEAT_MS = 500;
const IDLE_BEAT_MS = 10_000;

export class StatsFeed implements Disposable {
  readonly #board: Board;
  readonly #pulse = new Pulse();
  readonly #resources = new DisposableStack();
  #changed = false;

  constructor(options: { board: Board; coordinator: Pick<Coordinator, 'onJobsChanged'>; clock: Clock }) {
    this.#board = options.board;
    this.#resources.use(options.coordinator.onJobsChanged(() => this.#note()));
    this.#resources.use(options.clock.every(BEAT_MS, () => this.#beatIfChanged()));
    this.#resources.use(options.clock.every(IDLE_BEAT_MS, () => this.#pulse.beat()));
  }

  /** The figures now, then whenever they changed, until `signal` aborts. A slow reader misses figures and never the latest. */
  async *follow(signal: AbortSignal): AsyncGenerator<StatsView, void, undefined> {
    while (!signal.aborted) {
      const seen = this.#pulse.beats;
      yield await this.#board.stats();
      await this.#pulse.after(seen, signal);
    }
  }

  [Symbol.dispose](): void {
    this.#resources.dispose();
  }

  #note(): void {
    this.#changed = true;
  }

  #beatIfChanged(): void {
    if (!this.#changed) return;
    this.#changed = false;
    this.#pulse.beat();
  }
}
