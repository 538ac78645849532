/** A clock that moves only when told. Keeps the contract of the worker's Clock. */
import type { Clock } from '../src/ports/clock.ts';

export class FakeClock implements Clock {
  #now = 1_700_000_000_000;
  readonly #timers = new Set<{ readonly dueAt: number; readonly work: () => void }>();

  now(): number {
    return this.#now;
  }

  after(delayMs: number, work: () => void): Disposable {
    const timer = { dueAt: this.#now + Math.max(0, delayMs), work };
    this.#timers.add(timer);
    return { [Symbol.dispose]: () => this.#timers.delete(timer) };
  }

  /** Time passes; timers fire in order of time. */
  advance(byMs: number): void {
    const end = this.#now + byMs;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.dueAt);
      next.work();
    }
    this.#now = end;
  }

  /** Timers that are set. */
  get timers(): number {
    return this.#timers.size;
  }

  #next(end: number) {
    return [...this.#timers].filter(({ dueAt }) => dueAt <= end).sort((a, b) => a.dueAt - b.dueAt)[0];
  }
}
