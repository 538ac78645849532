/** Tells those who are sent away when to come back, by how many are expected already and how many the door was seen to let in. */
import { downtimeMs, expectMore, learnRate, returnDelayMs } from '../domain/return-delay.ts';
import type { Clock } from '../ports/clock.ts';

/** Nobody who was sent away is wanted before that. */
const LEAST_MS = 1_000;
const LEARN_MS = 1_000;

export class WaitingRoom implements Disposable {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #restartMs: number;
  readonly #learning: Disposable;
  #perSecond: number;
  /** When everybody who is expected could be in. */
  #clearedAt = 0;
  #letIn = 0;
  #isFull = false;
  #isRestarting = false;

  constructor(clock: Clock, random: () => number, limits: { readonly handshakesPerSecond: number; readonly restartMs: number }) {
    this.#clock = clock;
    this.#random = random;
    this.#restartMs = limits.restartMs;
    this.#perSecond = limits.handshakesPerSecond;
    this.#learning = clock.every(LEARN_MS, () => this.#learn());
  }

  /** Handshakes a second, as measured. */
  get perSecond(): number {
    return this.#perSecond;
  }

  letIn(): void {
    this.#letIn++;
  }

  /** One more was not let in because the door is full; milliseconds. */
  turnAway(): number {
    this.#isFull = true;
    return this.sendAway();
  }

  /** One more is sent away for another reason; milliseconds. */
  sendAway(): number {
    this.#expect(1);
    return this.#delayMs(LEAST_MS);
  }

  /** One of all those who are connected now, `count`, and shall come back after a restart; milliseconds. */
  sendAwayForRestart(count: number): number {
    if (!this.#isRestarting) this.#expect(count);
    this.#isRestarting = true;
    return this.#delayMs(downtimeMs(this.#restartMs, count, this.#perSecond));
  }

  [Symbol.dispose](): void {
    this.#learning[Symbol.dispose]();
  }

  #expect(count: number): void {
    this.#clearedAt = expectMore(this.#clearedAt, count, this.#perSecond, this.#clock.now());
  }

  #delayMs(leastMs: number): number {
    return returnDelayMs(this.#clearedAt, this.#clock.now(), leastMs, this.#random());
  }

  #learn(): void {
    this.#perSecond = learnRate(this.#perSecond, { letIn: this.#letIn, isFull: this.#isFull });
    this.#letIn = 0;
    this.#isFull = false;
  }
}
