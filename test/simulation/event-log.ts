/** What happened, in order: its hash tells whether two runs were the same, its last lines what led to a violation. */
import { createHash } from 'node:crypto';

const LAST_LINES = 60;

export class EventLog {
  readonly #hash = createHash('sha256');
  readonly #last: string[] = [];
  readonly #onLine: ((line: string) => void) | null;
  #events = 0;

  /** `onLine` hears every line at once; null: nobody does. */
  constructor(onLine: ((line: string) => void) | null) {
    this.#onLine = onLine;
  }

  get events(): number {
    return this.#events;
  }

  get lastLines(): readonly string[] {
    return this.#last;
  }

  note(atMs: number, text: string): void {
    const line = `${(atMs / 1_000).toFixed(3)} ${text}`;
    this.#events++;
    this.#hash.update(line);
    this.#last.push(line);
    if (this.#last.length > LAST_LINES) this.#last.shift();
    this.#onLine?.(line);
  }

  /** Of all that was noted. Ends the log. */
  digest(): string {
    return this.#hash.digest('hex');
  }
}
