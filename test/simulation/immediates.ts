/**
 * `setImmediate` is the only thing of the event loop that the engine uses; while a simulation runs it is ours. So it is known exactly when nothing
 * is left to do: all promises have settled (one real turn of the loop settles them, for nothing here waits for a device) and no immediate waits.
 */

/** More turns than any one event can need: something goes round and round. */
const MOST_TURNS = 20_000;

export class Immediates implements Disposable {
  readonly #real = globalThis.setImmediate;
  #waiting: (() => void)[] = [];

  constructor() {
    globalThis.setImmediate = ((work: (...args: unknown[]) => void, ...args: unknown[]) => {
      this.#waiting.push(() => work(...args));
    }) as unknown as typeof setImmediate;
  }

  /** Until nothing is left to do but to wait. */
  async drain(): Promise<void> {
    for (let turns = 0; ; turns++) {
      await new Promise<void>((resolve) => this.#real(resolve));
      if (this.#waiting.length === 0) return;
      if (turns > MOST_TURNS) throw new Error('the engine never comes to rest');
      for (const work of this.#waiting.splice(0)) work();
    }
  }

  /** The process that waited for them is dead. */
  drop(): void {
    this.#waiting = [];
  }

  [Symbol.dispose](): void {
    globalThis.setImmediate = this.#real;
  }
}
