/** A clock that moves only when told. Keeps the contract of the Clock ports. */
export class FakeClock {
  #now: number;
  readonly #timers = new Set<{ readonly intervalMs: number; readonly work: () => void; dueAt: number }>();

  constructor(startAt = 1_700_000_000_000) {
    this.#now = startAt;
  }

  readonly now = (): number => this.#now;

  readonly every = (intervalMs: number, work: () => void): Disposable => {
    const timer = { intervalMs, work, dueAt: this.#now + intervalMs };
    this.#timers.add(timer);
    return { [Symbol.dispose]: () => this.#timers.delete(timer) };
  };

  /** Time passes; timers fire when they are due, in order of time. */
  advance(byMs: number): void {
    const end = this.#now + byMs;
    for (;;) {
      const next = [...this.#timers].filter(({ dueAt }) => dueAt <= end).sort((a, b) => a.dueAt - b.dueAt)[0];
      if (next === undefined) break;
      this.#now = Math.max(this.#now, next.dueAt);
      next.dueAt += next.intervalMs;
      next.work();
    }
    this.#now = end;
  }

  /** The process was stopped for so long, or somebody set the clock (a negative step sets it back): no timer fires on the way. */
  jump(byMs: number): void {
    this.#now += byMs;
    for (const timer of this.#timers) timer.dueAt = this.#now + timer.intervalMs;
  }

  /** The process that set them died. */
  dropTimers(): void {
    this.#timers.clear();
  }

  /** Timers that were never disposed of. */
  get timers(): number {
    return this.#timers.size;
  }
}
