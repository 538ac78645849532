/** Computes one prepared lease in the sandbox and says how it ended. Whatever goes wrong is the result of exactly this unit. */
import { blobsOf, type Digest, type LeaseId, LIMITS, type Payload, unitIdOf } from '@manyhands/protocol';
import type { Execution, ExecutionOutcome, SandboxTask } from '@manyhands/sandbox';
import type { Ending } from '../domain/agent-event.ts';
import type { HeldLease } from '../domain/lease-book.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Journal } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';
import type { TrustedTask } from '../ports/task-verifier.ts';
import type { Dispatch } from './agent-loop.ts';
import type { RunnerPool } from './runner-pool.ts';
import type { TaskTrust } from './task-trust.ts';

export interface ExecutorParts {
  readonly blobs: BlobStore;
  readonly trust: TaskTrust;
  readonly runners: RunnerPool;
  readonly journal: Journal;
  readonly dispatch: Dispatch;
  readonly log: Log;
}

/** What had been prepared is not there, or not whole. */
class Spoilt extends Error {}
/** The disk refuses to keep an output: nothing computed from here on could be kept. */
class DiskFailure extends Error {}

export class Executor {
  readonly #parts: ExecutorParts;
  readonly #running = new Map<LeaseId, AbortController>();

  constructor(parts: ExecutorParts) {
    this.#parts = parts;
  }

  /** Answers with `ended` or `spoilt`. */
  run(held: HeldLease): void {
    const controller = new AbortController();
    this.#running.set(held.lease, controller);
    this.#compute(held, controller.signal)
      .catch((error: unknown) => this.#endingOf(held, error as Error))
      .then((ending) => {
        this.#running.delete(held.lease);
        if (ending !== null) this.#parts.dispatch({ kind: 'ended', lease: held.lease, ending });
      });
  }

  abort(lease: LeaseId): void {
    this.#running.get(lease)?.abort();
  }

  close(): void {
    for (const lease of this.#running.keys()) this.abort(lease);
  }

  /** null: something else than an ending was dispatched. */
  #endingOf({ lease }: HeldLease, error: Error): Ending | null {
    if (error instanceof Spoilt) this.#parts.dispatch({ kind: 'spoilt', lease, message: error.message });
    else if (error instanceof DiskFailure) this.#parts.dispatch({ kind: 'journal-failed', reason: error.message });
    else return { status: 'error', kind: 'crash', message: error.message, elapsedMs: 0 };
    return null;
  }

  async #compute(held: HeldLease, signal: AbortSignal): Promise<Ending> {
    const trust = await this.#parts.trust.of(held.task);
    if (!trust.ok) return { status: 'error', kind: 'untrusted', message: `not run: ${trust.reason}`, elapsedMs: 0 };
    const execution = await this.#executionOf(held);
    const outcome = await this.#parts.runners.use(
      held.task,
      () => this.#sandboxTask(trust.task),
      (runner) => runner.run(execution, this.#eventsOf(held), signal),
    );
    return this.#endOf(held, outcome);
  }

  async #endOf(held: HeldLease, outcome: ExecutionOutcome): Promise<Ending> {
    if (outcome.status !== 'ok') return outcome;
    return { ...outcome, output: await this.#payloadOf(held, outcome.output) };
  }

  async #executionOf(held: HeldLease): Promise<Execution> {
    const input = typeof held.input === 'string' ? held.input : new TextDecoder().decode(await this.#read(held.input.blob));
    const blobs = new Map<Digest, Uint8Array>();
    for (const digest of blobsOf(input) as Digest[]) blobs.set(digest, await this.#read(digest));
    return {
      id: held.lease,
      entry: { kind: 'run' },
      input,
      blobs,
      seed: unitIdOf(held.job, held.index),
      frozenAt: held.frozenAt,
      resume: this.#parts.journal.checkpointOf(held.lease),
    };
  }

  /** The manifest's limits, whatever the assignment said (WK4). */
  async #sandboxTask({ id, manifest }: TrustedTask): Promise<SandboxTask> {
    const bundle = new TextDecoder().decode(await this.#read(manifest.bundle));
    return { id, bundle, limits: manifest.limits, math: manifest.math };
  }

  async #read(digest: Digest): Promise<Uint8Array> {
    const bytes = await this.#parts.blobs.read(digest);
    if (bytes === null) throw new Spoilt(`${digest} was damaged or lost on this disk`);
    return bytes;
  }

  #eventsOf({ lease }: HeldLease) {
    const { dispatch, journal, log } = this.#parts;
    return {
      onProgress: (fraction: number) => dispatch({ kind: 'progressed', lease, fraction }),
      onCheckpoint: (state: string) => {
        journal.noteCheckpoint(lease, state);
        dispatch({ kind: 'checkpointed', lease });
      },
      onLog: (line: string) => log.info({ lease, line: line.slice(0, LIMITS.messageLength) }, 'the task says'),
    };
  }

  /** A large output becomes a blob; the result names it. */
  async #payloadOf({ lease }: HeldLease, output: string): Promise<Payload> {
    const bytes = new TextEncoder().encode(output);
    if (bytes.length <= LIMITS.inlinePayloadBytes) return output;
    try {
      return { blob: await this.#parts.blobs.put(lease, bytes), bytes: bytes.length };
    } catch (error) {
      throw new DiskFailure(`an output of ${bytes.length} bytes could not be stored: ${(error as Error).message}`);
    }
  }
}
