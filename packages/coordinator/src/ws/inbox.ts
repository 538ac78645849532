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

export class Inbox {
  readonly #port: InboxPort;
  readonly #rate: RateLimit | null;
  readonly #framesInFlight: number;
  #waiting: string[] = [];
  #inFlight = 0;
  #paused = false;

  constructor(port: InboxPort, options: { rate: RateLimit | null; framesInFlight: number }) {
    this.#port = port;
    this.#rate = options.rate;
    this.#framesInFlight = options.framesInFlight;
  }

  push(text: string): void {
    this.#waiting.push(text);
    this.pump();
  }

  /** Handles what may be handled now; called again whenever something may have changed. */
  pump(): void {
    while (this.#waiting.length > 0 && this.#mayHandle()) this.#handleNext();
    this.#setPaused(this.#waiting.length > 0 || this.#inFlight >= this.#framesInFlight);
  }

  clear(): void {
    this.#waiting = [];
  }

  #mayHandle(): boolean {
    return this.#inFlight < this.#framesInFlight && !this.#port.isBlocked() && (this.#rate?.take(this.#port.now()) ?? 0) === 0;
  }

  #handleNext(): void {
    const text = this.#waiting.shift() as string;
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
