/**
 * A job as its author holds it. It lives at the coordinator: this object may be lost, and `grid.job(id)` makes another.
 *
 * It is a PromiseLike of all results (in the order of the inputs) and an AsyncIterable of each (in the order in which they
 * were believed). That is why `map` returns it directly: a promise of something awaitable would await it too.
 */
import type { JobId, JobView } from '@manyhands/protocol';
import type { BoundedBlobs } from './http/bounded-blobs.ts';
import type { CoordinatorApi } from './http/coordinator-api.ts';
import type { Timing } from './http/patience.ts';
import type { Inputs } from './inputs/ranges.ts';
import type { UnitSender } from './inputs/unit-sender.ts';
import { readResult } from './results/result-reader.ts';
import { rowsOf } from './results/row-stream.ts';
import type { Failures, ResultOf, UnitResult } from './results/unit-result.ts';
import { SdkError } from './sdk-error.ts';

/** What is known once the job exists at the coordinator. */
export interface StartedJob {
  readonly id: JobId;
  /** null: found again; another process may be sending its inputs. */
  readonly sender: UnitSender | null;
}

export interface GridJobParts {
  readonly api: CoordinatorApi;
  readonly blobs: BoundedBlobs;
  readonly timing: Timing;
  /** Aborted when the grid is closed. */
  readonly closed: AbortSignal;
  readonly failures: Failures | undefined;
  readonly started: Promise<StartedJob>;
  /** Settles when the inputs given to `map` are durable at the coordinator, or cannot be. */
  readonly sent: Promise<void>;
}

export interface ResultsOptions {
  readonly after?: string | null;
  readonly follow?: boolean;
}

const WATCH_EVERY_MS = 1_000;

export class GridJob<Input, Output, F extends Failures = 'values'>
  implements PromiseLike<ResultOf<Input, Output, F>[]>, AsyncIterable<ResultOf<Input, Output, F>>
{
  readonly #parts: GridJobParts;
  #sent: Promise<void>;
  #used = false;

  constructor(parts: GridJobParts) {
    this.#parts = parts;
    this.#sent = parts.sent;
    // Whoever uses the job meets the error there. If nobody does, it must not be lost.
    parts.sent.catch((error: unknown) => {
      if (!this.#used) process.emitWarning(error as Error);
    });
  }

  /** Resolves when the job exists at the coordinator. */
  get id(): Promise<JobId> {
    return this.#started().then(({ id }) => id);
  }

  /** The job's page, for people. */
  get url(): Promise<string> {
    return this.id.then((id) => `${this.#parts.api.requester.url}/jobs/${id}`);
  }

  /** Resolves when all inputs are durable at the coordinator: from then on the job needs us no more. */
  get sent(): Promise<void> {
    this.#used = true;
    return this.#sent;
  }

  /** How far it is, now. */
  async progress(): Promise<JobView> {
    return this.#parts.api.job(await this.id, this.#parts.closed);
  }

  /** How far it is, again and again, until it has ended; the last view says so. */
  async *watch({ everyMs = WATCH_EVERY_MS }: { readonly everyMs?: number } = {}): AsyncGenerator<JobView, void, void> {
    for (;;) {
      const view = await this.progress();
      yield view;
      if (view.state === 'done' || view.state === 'cancelled') return;
      await this.#parts.timing.wait(everyMs, this.#parts.closed);
    }
  }

  /** No more leases are given; results that are already believed stay. */
  async cancel(): Promise<JobView> {
    return this.#parts.api.cancelJob(await this.id);
  }

  /** Appends inputs to a job mapped with `open: true`. Resolves when they are durable at the coordinator. */
  add(more: Inputs<Input>): Promise<void> {
    return this.#append(more, false);
  }

  /** Says that no more inputs will come; without it an open job never ends. */
  close(): Promise<void> {
    return this.#append([], true);
  }

  /**
   * Each result once, as it is believed, pulled no faster than it is consumed. One with `corrects` takes the place of an earlier one of the unit.
   * `after`: behind the result with that cursor. `follow: false`: only those there are now.
   */
  async *results({ after = null, follow = true }: ResultsOptions = {}): AsyncGenerator<ResultOf<Input, Output, F>, void, void> {
    const { api, blobs, closed, failures } = this.#parts;
    const { id } = await this.#started();
    const left = new AbortController();
    this.#sent.catch((error: unknown) => left.abort(error));
    const signal = AbortSignal.any([left.signal, closed]);
    try {
      for await (const row of rowsOf(api, id, { after, follow, signal })) {
        const result = await readResult(row, blobs, signal);
        if (failures === 'throw') assertBelieved(result);
        yield result as ResultOf<Input, Output, F>;
      }
    } finally {
      left.abort();
    }
  }

  [Symbol.asyncIterator](): AsyncGenerator<ResultOf<Input, Output, F>, void, void> {
    return this.results();
  }

  // biome-ignore lint/suspicious/noThenProperty: being awaitable is the point
  then<A = ResultOf<Input, Output, F>[], B = never>(
    onFulfilled?: ((results: ResultOf<Input, Output, F>[]) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#all().then(onFulfilled, onRejected);
  }

  async #all(): Promise<ResultOf<Input, Output, F>[]> {
    // One that corrects another takes its place.
    const results = new Map<number, ResultOf<Input, Output, F>>();
    for await (const result of this.results()) results.set(result.index, result);
    return [...results.values()].sort((a, b) => a.index - b.index);
  }

  #started(): Promise<StartedJob> {
    this.#used = true;
    return this.#parts.started;
  }

  /** Appends behind everything sent before, in the order of the calls. */
  #append(more: Inputs<unknown>, close: boolean): Promise<void> {
    this.#used = true;
    this.#sent = Promise.all([this.#parts.started, this.#sent]).then(([{ sender }]) => {
      if (sender !== null) return sender.send(more, { close });
      throw new SdkError('input', 'Inputs can be added only where the job was mapped. Map a new job, or keep that process running.');
    });
    return this.#sent;
  }
}

function assertBelieved(result: UnitResult<unknown, unknown>): void {
  if (result.status === 'ok') return;
  const why = result.status === 'failed' ? `${result.error.kind}: ${result.error.message}` : 'the job was cancelled';
  throw new SdkError('unit-failed', `Unit ${result.index} has no result (${why}). Its input: ${shortly(result.input)}.`);
}

function shortly(input: unknown): string {
  const text = JSON.stringify(input, (_, value) => (typeof value === 'bigint' ? String(value) : value)) ?? String(input);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
