/** Asks the coordinator until it gives an answer that will not change: while it is out of reach, nobody is asked at all. */
import { retryDelayMs, TRANSFER } from '../domain/backoff.ts';
import type { Clock } from '../ports/clock.ts';
import type { Answer } from '../ports/coordinator-api.ts';
import type { Entropy } from '../ports/entropy.ts';
import type { Log } from '../ports/log.ts';

export type FinalAnswer<T> = Exclude<Answer<T>, { kind: 'unavailable' }>;

export class Patience {
  readonly #clock: Clock;
  readonly #entropy: Entropy;
  readonly #log: Log;
  #isOnline = false;
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock, entropy: Entropy, log: Log) {
    this.#clock = clock;
    this.#entropy = entropy;
    this.#log = log;
  }

  setOnline(isOnline: boolean): void {
    this.#isOnline = isOnline;
    if (!isOnline) return;
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  /** `what` is for the log. Rejects with the signal's reason when it is aborted, never otherwise. */
  async insist<T>(what: string, ask: () => Promise<Answer<T>>, signal: AbortSignal): Promise<FinalAnswer<T>> {
    for (let attempt = 0; ; attempt++) {
      await this.#online(signal);
      const answer = await ask();
      signal.throwIfAborted();
      if (answer.kind !== 'unavailable') return answer;
      const delayMs = retryDelayMs(TRANSFER, attempt, answer.toldMs, this.#entropy.random());
      this.#log.warn({ what, reason: answer.reason, retryInMs: delayMs }, 'not to be had for now');
      await this.#sleep(delayMs, signal);
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
