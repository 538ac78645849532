/** Asks the coordinator until it gives an answer that will not change: while it is out of reach, nobody is asked at all. */
import { retryDelayMs, TRANSFER } from '../domain/backoff.ts';
import type { Clock } from '../ports/clock.ts';
import type { Answer } from '../ports/coordinator-api.ts';
import type { Entropy } from '../ports/entropy.ts';

export type FinalAnswer<T> = Exclude<Answer<T>, { kind: 'unavailable' }>;

export class Patience {
  readonly #clock: Clock;
  readonly #entropy: Entropy;
  #isOnline = false;
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock, entropy: Entropy) {
    this.#clock = clock;
    this.#entropy = entropy;
  }

  setOnline(isOnline: boolean): void {
    this.#isOnline = isOnline;
    if (!isOnline) return;
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  /** Rejects with the signal's reason when it is aborted, never otherwise. */
  async insist<T>(ask: () => Promise<Answer<T>>, signal: AbortSignal): Promise<FinalAnswer<T>> {
    for (let attempt = 0; ; attempt++) {
      await this.#online(signal);
      const answer = await ask();
      signal.throwIfAborted();
      if (answer.kind !== 'unavailable') return answer;
      await this.#sleep(retryDelayMs(TRANSFER, attempt, answer.toldMs, this.#entropy.random()), signal);
    }
  }

  async #online(signal: AbortSignal): Promise<void> {
    while (!this.#isOnline) {
      await untilCalled((done) => {
        this.#waiting.add(done);
        return () => this.#waiting.delete(done);
      }, signal);
    }
  }

  #sleep(delayMs: number, signal: AbortSignal): Promise<void> {
    return untilCalled((done) => {
      const timer = this.#clock.after(delayMs, done);
      return () => timer[Symbol.dispose]();
    }, signal);
  }
}

/** Resolves when the function handed to `begin` is called; on abort undoes what `begin` began and rejects. */
function untilCalled(begin: (done: () => void) => () => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const giveUp = () => {
      undo();
      reject(signal.reason);
    };
    const undo = begin(() => {
      signal.removeEventListener('abort', giveUp);
      resolve();
    });
    signal.addEventListener('abort', giveUp, { once: true });
  });
}
