/** A timer that can be paused, and that knows how long it has run. The daemon's last resort against a runner that no longer answers. */
export class Deadline {
  readonly #onDue: () => void;
  /** At most 24 days, as timers go; task limits end at seven. */
  #leftMs: number;
  #ranMs = 0;
  /** When it was started or resumed; null while paused. */
  #since: number | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(limitMs: number, onDue: () => void) {
    this.#leftMs = limitMs;
    this.#onDue = onDue;
    this.resume();
  }

  get ranMs(): number {
    return this.#ranMs + (this.#since === null ? 0 : performance.now() - this.#since);
  }

  pause(): void {
    if (this.#since === null) return;
    const ranMs = performance.now() - this.#since;
    clearTimeout(this.#timer);
    this.#ranMs += ranMs;
    this.#leftMs -= ranMs;
    this.#since = null;
  }

  resume(): void {
    if (this.#since !== null) return;
    this.#since = performance.now();
    this.#timer = setTimeout(this.#onDue, Math.max(0, this.#leftMs));
  }

  cancel(): void {
    this.pause();
  }
}
