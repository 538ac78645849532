/**
 * The executions that wait for a runner, and which of them go next. Pure order: no process, no clock.
 * A suspect is an execution that was under way when a runner died or ran out of memory together with others; it is run alone, before all others,
 * so that the next death has exactly one culprit.
 */
import type { Execution, ExecutionEvents, ExecutionOutcome } from './sandbox.ts';

export interface Entry {
  /** Names it between daemon and runner; given anew each time it is sent. */
  key: number;
  readonly execution: Execution;
  readonly events: ExecutionEvents;
  readonly settle: (outcome: ExecutionOutcome) => void;
  /** Its outcome was given: whatever the runner still says about it is of no interest. */
  settled: boolean;
  /** Runners that died while it was under way. */
  deaths: number;
  suspect: boolean;
  /** The last checkpoint's text, the execution's own at first. */
  resume: string | null;
}

/** Entries that one thread computes in order; the first is the one under way. */
export type Batch = Entry[];

/** So that a batch lasts about as long as a blink: long enough to make messages cheap, short enough to share out evenly. */
const BATCH_MS = 25;
/** What a fresh context costs on top of the execution's own time. */
const CONTEXT_MS = 1;
const BATCH_ENTRIES = 64;
const BATCH_BYTES = 4 * 1024 * 1024;

/** How many waiting executions to send to a thread at once. `averageMs` is null until one was measured. */
export function batchSize(waiting: number, threads: number, averageMs: number | null): number {
  if (averageMs === null) return 1;
  const short = Math.floor(BATCH_MS / (averageMs + CONTEXT_MS));
  return Math.max(1, Math.min(short, Math.ceil(waiting / threads), BATCH_ENTRIES));
}

export class ExecutionQueue {
  #suspects: Entry[] = [];
  #waiting: Entry[] = [];

  get length(): number {
    return this.#suspects.length + this.#waiting.length;
  }

  add(entry: Entry): void {
    this.#waiting.push(entry);
  }

  /** Back to the front, in the order given: they have waited before. */
  putBack(entries: readonly Entry[]): void {
    const wanted = entries.filter(({ settled }) => !settled);
    this.#suspects.push(...wanted.filter(({ suspect }) => suspect));
    this.#waiting.unshift(...wanted.filter(({ suspect }) => !suspect));
  }

  remove(entry: Entry): void {
    this.#suspects = this.#suspects.filter((other) => other !== entry);
    this.#waiting = this.#waiting.filter((other) => other !== entry);
  }

  drain(): Entry[] {
    return [...this.#suspects.splice(0), ...this.#waiting.splice(0)];
  }

  /** What to send next, given what was sent and has not ended; null: nothing now. */
  next(sent: readonly Batch[], threads: number, averageMs: number | null): Batch | null {
    if (this.#suspects.length > 0) return sent.length === 0 ? this.#suspects.splice(0, 1) : null;
    const isSuspectAtWork = sent.some(([entry]) => entry?.suspect);
    if (isSuspectAtWork || sent.length >= threads || this.#waiting.length === 0) return null;
    return this.#takeBatch(batchSize(this.#waiting.length, threads, averageMs));
  }

  #takeBatch(size: number): Batch {
    let bytes = 0;
    let count = 0;
    while (count < size && (count === 0 || bytes < BATCH_BYTES)) bytes += bytesOf((this.#waiting[count++] as Entry).execution);
    return this.#waiting.splice(0, count);
  }
}

const bytesOf = ({ input, blobs }: Execution): number => input.length + blobs.values().reduce((sum, blob) => sum + blob.byteLength, 0);
