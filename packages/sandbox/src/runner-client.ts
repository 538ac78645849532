/**
 * A task's runner as the rest of the house sees it: takes executions, sends them to the child in batches, and sees to it that each gets exactly one outcome,
 * whatever becomes of the child. Memory trouble and deaths are judged in blame.ts, the order of work in execution-queue.ts, the child's life in runner-supervisor.ts.
 */
import { type ErrorKind, LIMITS, type TaskLimits } from '@manyhands/protocol';
import { judgeDeath, type Warning } from './blame.ts';
import { Deadline } from './deadline.ts';
import { type Batch, type Entry, ExecutionQueue } from './execution-queue.ts';
import type { Report, RunnerOutcome } from './ipc/from-runner.ts';
import { packExecution } from './ipc/to-runner.ts';
import type { Logger } from './logger.ts';
import type { Death, RunnerChild } from './runner-process.ts';
import { RunnerSupervisor } from './runner-supervisor.ts';
import type { Execution, ExecutionEvents, ExecutionOutcome, Runner } from './sandbox.ts';

/** Contexts leak a little (SANDBOX §6), so a child is replaced now and then. */
const RECYCLE_EXECUTIONS = 10_000;
/** The runner keeps the time limit itself; this is for one that has stopped doing so. A starved machine computes at half speed and is not to blame. */
const lastResortMs = ({ timeoutMs }: TaskLimits): number => 2 * timeoutMs + 10_000;

export interface RunnerClientOptions {
  readonly limits: TaskLimits;
  readonly threads: number;
  readonly logger: Logger;
  /** Starts a child and sends it the task. */
  readonly start: (onReport: (report: Report) => void) => RunnerChild;
}

/** An isolate that had to be disposed of gives its memory back late, and the next execution would be blamed for it. */
const leavesMemory = (outcome: RunnerOutcome): boolean =>
  outcome.status === 'error' && (outcome.kind === 'memory' || outcome.kind === 'timeout');

interface SentBatch {
  readonly entries: Batch;
  /** Of its first entry. */
  deadline: Deadline;
}

export class RunnerClient implements Runner {
  readonly #options: RunnerClientOptions;
  readonly #supervisor: RunnerSupervisor;
  readonly #queue = new ExecutionQueue();
  /** What the child has, one for each of its threads at most. */
  readonly #batches = new Set<SentBatch>();
  readonly #opening = Promise.withResolvers<void>();
  #warning: Warning | null = null;
  #nextKey = 0;
  #averageMs: number | null = null;
  /** Of the present child. */
  #executions = 0;
  #worn = false;
  #paused = false;
  #closed = false;

  /** Rejects with a message for people when no runner can be had for the task. */
  static async open(options: RunnerClientOptions): Promise<RunnerClient> {
    const client = new RunnerClient(options);
    client.#supervisor.demand();
    try {
      await client.#opening.promise;
    } catch (error) {
      await client[Symbol.asyncDispose]();
      throw error;
    }
    return client;
  }

  private constructor(options: RunnerClientOptions) {
    this.#options = options;
    this.#supervisor = new RunnerSupervisor({
      start: options.start,
      logger: options.logger,
      onUp: () => this.#begin(),
      onReport: (report) => this.#hear(report),
      onDown: (death) => this.#recover(death),
      onHopeless: (message) => this.#fail(message),
    });
  }

  run(execution: Execution, events: ExecutionEvents = {}, signal?: AbortSignal): Promise<ExecutionOutcome> {
    return new Promise((resolve) => {
      if (this.#closed || signal?.aborted) {
        resolve({ status: 'aborted' });
        return;
      }
      const abort = (): void => this.#abort(entry);
      const settle = (outcome: ExecutionOutcome): void => {
        if (entry.settled) return;
        entry.settled = true;
        signal?.removeEventListener('abort', abort);
        resolve(outcome);
      };
      const entry: Entry = { key: -1, execution, events, settle, settled: false, deaths: 0, suspect: false, resume: execution.resume };
      signal?.addEventListener('abort', abort, { once: true });
      this.#queue.add(entry);
      // Executions that come in one go are sent in one go.
      queueMicrotask(() => this.#dispatch());
    });
  }

  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    for (const { deadline } of this.#batches) deadline.pause();
    this.#supervisor.freeze();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    for (const { deadline } of this.#batches) deadline.resume();
    this.#supervisor.thaw();
    this.#dispatch();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const entry of [...this.#queue.drain(), ...this.#clearBatches().flat()]) entry.settle({ status: 'aborted' });
    await this.#supervisor.close();
  }

  #begin(): void {
    this.#executions = 0;
    this.#worn = false;
    this.#warning = null;
    this.#opening.resolve();
    this.#dispatch();
  }

  #dispatch(): void {
    if (this.#closed || this.#paused || this.#queue.length === 0) return;
    if (this.#worn) {
      if (this.#batches.size > 0) return;
      this.#supervisor.recycle();
    }
    const { child } = this.#supervisor;
    if (child === null) {
      this.#supervisor.demand();
      return;
    }
    for (let batch = this.#nextBatch(); batch !== null; batch = this.#nextBatch()) this.#send(child, batch);
  }

  #nextBatch(): Batch | null {
    const sent = [...this.#batches].map(({ entries }) => entries);
    return this.#queue.next(sent, this.#options.threads, this.#averageMs);
  }

  #send(child: RunnerChild, entries: Batch): void {
    const packed = entries.map((entry) => {
      entry.key = this.#nextKey++;
      return packExecution(entry.key, entry.execution, entry.resume);
    });
    this.#executions += entries.length;
    this.#batches.add({ entries, deadline: this.#deadlineOf(entries) });
    child.send(
      { type: 'compute', executions: packed.map(({ header }) => header) },
      packed.flatMap(({ parts }) => parts),
    );
  }

  #deadlineOf(entries: Batch): Deadline {
    const deadline = new Deadline(lastResortMs(this.#options.limits), () => {
      this.#warning = { cause: 'timeout', key: (entries[0] as Entry).key };
      this.#supervisor.child?.kill();
    });
    // What a runner said before it was frozen may still be on its way.
    if (this.#paused) deadline.pause();
    return deadline;
  }

  #abort(entry: Entry): void {
    entry.settle({ status: 'aborted' });
    this.#queue.remove(entry);
    if ([...this.#batches].some(({ entries }) => entries.includes(entry))) this.#supervisor.child?.send({ type: 'abort', key: entry.key });
  }

  #hear({ message, text }: Report): void {
    if (message.type === 'dying') this.#warning = { cause: message.cause, key: message.key };
    if (!('key' in message) || message.key === null) return;
    const batch = [...this.#batches].find(({ entries }) => entries[0]?.key === message.key);
    if (batch === undefined) return;
    const entry = batch.entries[0] as Entry;
    if (message.type === 'done') this.#finish(batch, message.outcome, text, message.worn);
    else if (message.type === 'checkpoint') this.#keepCheckpoint(entry, text);
    else if (entry.settled) return;
    else if (message.type === 'progress') entry.events.onProgress?.(message.fraction);
    else if (message.type === 'log') entry.events.onLog?.(message.line);
  }

  /** Also for ourselves: should the runner die, the execution goes on from here. */
  #keepCheckpoint(entry: Entry, text: string): void {
    entry.resume = text;
    if (!entry.settled) entry.events.onCheckpoint?.(text);
  }

  #finish(batch: SentBatch, outcome: RunnerOutcome, text: string, worn: boolean): void {
    const entry = batch.entries.shift() as Entry;
    batch.deadline.cancel();
    this.#supervisor.proven();
    this.#worn ||= worn || leavesMemory(outcome) || this.#executions >= RECYCLE_EXECUTIONS;
    if (outcome.status !== 'aborted') this.#averageMs = (this.#averageMs ?? outcome.elapsedMs) * 0.8 + outcome.elapsedMs * 0.2;
    entry.settle(outcome.status === 'ok' ? { ...outcome, output: text } : outcome);
    if (batch.entries.length === 0) this.#batches.delete(batch);
    else if (leavesMemory(outcome)) this.#takeBack(batch);
    else batch.deadline = this.#deadlineOf(batch.entries);
    this.#dispatch();
  }

  /** What has not begun in a child that is short of memory. */
  #takeBack(batch: SentBatch): void {
    this.#batches.delete(batch);
    for (const { key } of batch.entries) this.#supervisor.child?.send({ type: 'abort', key });
    this.#queue.putBack(batch.entries);
  }

  /** The child is gone: judge who is to blame, and run all others again. */
  #recover(death: Death): void {
    const elapsedMs = new Map([...this.#batches].map(({ entries, deadline }) => [entries[0], deadline.ranMs]));
    const { guilty, suspects, innocent } = judgeDeath(death, this.#warning, this.#clearBatches());
    for (const { entry, kind, message } of guilty) this.#settleError(entry, kind, message, elapsedMs.get(entry) ?? 0);
    for (const entry of suspects) {
      entry.deaths++;
      entry.suspect = true;
    }
    this.#queue.putBack([...suspects, ...innocent]);
  }

  #clearBatches(): Batch[] {
    const batches = [...this.#batches];
    this.#batches.clear();
    for (const { deadline } of batches) deadline.cancel();
    return batches.map(({ entries }) => entries);
  }

  #fail(message: string): void {
    this.#opening.reject(new Error(message));
    for (const entry of this.#queue.drain()) this.#settleError(entry, 'crash', message, 0);
  }

  #settleError(entry: Entry, kind: ErrorKind, message: string, elapsedMs: number): void {
    entry.settle({ status: 'error', kind, message: message.slice(0, LIMITS.messageLength), elapsedMs });
  }
}
