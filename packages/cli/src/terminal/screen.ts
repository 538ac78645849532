/**
 * Where a command says things. Results go to standard output, everything else to standard error;
 * with `--json` standard output carries JSON only (one value, or one a line for streams) and standard error stays silent.
 */
import { styleText } from 'node:util';
import { createLogUpdate } from 'log-update';

export type Style = Parameters<typeof styleText>[0];

export interface Streams {
  readonly out: NodeJS.WriteStream;
  readonly err: NodeJS.WriteStream;
}

/** A line or two that tell how far something is: redrawn in place on a terminal, else said again now and then. */
export interface Live {
  /** `block` is drawn on a terminal; `line` is said elsewhere, at most every few seconds. */
  show(now: { readonly block: string; readonly line: string }): void;
  /** Leaves the last state standing. */
  end(): void;
}

const SAY_EVERY_MS = 5_000;

export class Screen {
  readonly json: boolean;
  readonly #streams: Streams;
  /** What is being redrawn, so that notes go above it; null: nothing. */
  #drawn: ReturnType<typeof createLogUpdate> | null = null;

  constructor(streams: Streams, json: boolean) {
    this.#streams = streams;
    this.json = json;
  }

  /** A result: one line of JSON, or what people read. */
  result(value: unknown, text: () => string): void {
    this.#streams.out.write(`${this.json ? JSON.stringify(value) : text()}\n`);
  }

  /** Like `result`, but resolves only when the reader keeps up. */
  async resultInStep(value: unknown, text: () => string): Promise<void> {
    const { out } = this.#streams;
    if (out.write(`${this.json ? JSON.stringify(value) : text()}\n`)) return;
    await new Promise((resolve) => out.once('drain', resolve));
  }

  /** For people only. */
  note(text: string): void {
    if (this.json) return;
    if (this.#drawn === null) this.#streams.err.write(`${text}\n`);
    else this.#drawn.persist(text);
  }

  /** For notes and progress. Honours NO_COLOR and pipes. */
  readonly paint = (style: Style, text: string): string => styleText(style, text, { stream: this.#streams.err });

  /** For results: they may be piped while notes are read on a terminal. */
  readonly paintResult = (style: Style, text: string): string => styleText(style, text, { stream: this.#streams.out });

  /** Columns of the terminal. */
  get width(): number {
    return Math.min(this.#streams.err.columns ?? 80, 100);
  }

  live(now: () => number = Date.now): Live {
    if (this.json) return { show: () => {}, end: () => {} };
    return this.#streams.err.isTTY ? this.#redrawn() : repeated((text) => this.note(text), now);
  }

  #redrawn(): Live {
    const update = createLogUpdate(this.#streams.err);
    return {
      show: ({ block }) => {
        this.#drawn = update;
        update(block);
      },
      end: () => {
        this.#drawn = null;
        update.done();
      },
    };
  }
}

function repeated(say: (line: string) => void, now: () => number): Live {
  let [saidAt, said, last] = [Number.NEGATIVE_INFINITY, '', ''];
  const sayOnce = (line: string): void => {
    if (line === said) return;
    say(line);
    [saidAt, said] = [now(), line];
  };
  return {
    show({ line }) {
      last = line;
      if (now() - saidAt >= SAY_EVERY_MS) sayOnce(line);
    },
    end: () => sayOnce(last),
  };
}
