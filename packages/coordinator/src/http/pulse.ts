/** Something that happens again and again, told to whoever waits. Counting the beats means that none is missed between looking and waiting. */
export class Pulse {
  #beats = 0;
  #waiting = new Set<() => void>();

  get beats(): number {
    return this.#beats;
  }

  beat(): void {
    this.#beats++;
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const wake of waiting) wake();
  }

  /** Resolves when there have been more beats than `seen`, at once if there have; or when `signal` aborts. */
  after(seen: number, signal: AbortSignal): Promise<void> {
    if (this.#beats > seen || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        signal.removeEventListener('abort', wake);
        this.#waiting.delete(wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}
