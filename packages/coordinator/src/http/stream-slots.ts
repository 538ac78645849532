/** Answers that stay open (events, followed results) hold a slot each, so that they cannot use up the server (D4). */
import { Refusal } from './refusal.ts';

export class StreamSlots {
  readonly #limit: number;
  #taken = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Throws `overloaded` when all are taken. */
  take(): Disposable {
    if (this.#taken >= this.#limit) {
      throw new Refusal('overloaded', `${this.#limit} live streams are open here already. Try again later, or ask without following.`);
    }
    this.#taken++;
    return { [Symbol.dispose]: () => this.#taken-- };
  }
}
