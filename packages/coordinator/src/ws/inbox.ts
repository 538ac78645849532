/**
 * The frames of one connection, in order, no faster than the limits allow. What may not be handled yet waits here, and the
 * socket is paused, so that more waits in the network and not in our memory: a result is slowed down, never dropped (G8).
 */
import type { RateLimit } from './rate-limit.ts';

export interface InboxPort {
  /** Resolves when the frame's effects are done. Must not reject. */
  handle(text: string): Promise<void>;
  /** The other end reads too slowly: nothing is handled until it has caught up. */
  isBlocked(): boolean;
  pause(): void;
  resume(): void;
  now(): number;
}

/** null: as many as come. */
export interface InboxRates {
  readonly frames: RateLimit | null;
  readonly bytes: RateLimit | null;
}

export class Inbox {
  readonly #port: InboxPort;
  readonly #rates: InboxRates;
  readonly #framesInFlight: number;
  /** null: nothing waits, as for most connections most of the time. */
  #waiting: string[] | null = null;
  #inFlight = 0;
  #paused = false;

  constructor(port: InboxPort, framesInFlight: number, rates: InboxRates = { frames: null, bytes: null }) {
    this.#port = port;
    this.#rates = rates;
    this.#framesInFlight = framesInFlight;
  }

  /** The socket is paused: somebody has to pump. */
  get isPaused(): boolean {
    return this.#paused;
  }

  push(text: string): void {
    this.#waiting ??= [];
    this.#waiting.push(text);
    this.pump();
  }

  /** Handles what may be handled now; called again whenever something may have changed. */
  pump(): void {
    for (let next = this.#waiting?.[0]; next !== undefined && this.#mayHandle(next); next = this.#waiting?.[0]) this.#handleNext();
    if (this.#waiting?.length === 0) this.#waiting = null;
    this.#setPaused(this.#waiting !== null || this.#inFlight >= this.#framesInFlight);
  }

  clear(): void {
    this.#waiting = null;
  }

  #mayHandle(text: string): boolean {
    if (this.#inFlight >= this.#framesInFlight || this.#port.isBlocked()) return false;
    const { frames, bytes } = this.#rates;
    const now = this.#port.now();
    if ((frames?.wait(now) ?? 0) > 0 || (bytes?.take(now, text.length) ?? 0) > 0) return false;
    frames?.take(now);
    return true;
  }

  #handleNext(): void {
    const text = this.#waiting?.shift() as string;
    this.#inFlight++;
    void this.#port.handle(text).then(() => {
      this.#inFlight--;
      this.pump();
    });
  }

  #setPaused(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    if (paused) this.#port.pause();
    else this.#port.resume();
  }
}
