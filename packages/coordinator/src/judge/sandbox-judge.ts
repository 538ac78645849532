/** Asks an author's own `check` in the sandbox: a stranger's code on a stranger's result, so never in this process (DESIGN §7). Rules JU1… in docs/spec/judge.md. */
import { blobsOf, type Digest, LIMITS, type Payload, type TaskId, type TaskLimits } from '@manyhands/protocol';
import type { Execution, ExecutionOutcome, Runner, Sandbox } from '@manyhands/sandbox';
import type { PublishedTask } from '../domain/change-set.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Judge, JudgeAnswer } from '../ports/judge.ts';
import { RunnerShelf } from './runner-shelf.ts';
import { Semaphore } from './semaphore.ts';

export interface SandboxJudgeOptions {
  /** Called at the first check: a coordinator without proof tasks starts no child. */
  readonly openSandbox: () => Promise<Sandbox>;
  readonly loadTask: (id: TaskId) => Promise<PublishedTask | null>;
  readonly blobs: BlobStore;
  /** Checks at the same time. */
  readonly concurrency: number;
  /** Runners kept open. */
  readonly runners: number;
}

type Question = Parameters<Judge['check']>[0];

/** Why no verdict could be reached, in words. */
class Broken extends Error {}
/** What the output names is not there or too much: the worker's fault, so the result is wrong. */
class Unfounded extends Error {}

export class SandboxJudge implements Judge, AsyncDisposable {
  readonly #options: SandboxJudgeOptions;
  readonly #shelf: RunnerShelf;
  readonly #permits: Semaphore;
  #sandbox: Promise<Sandbox> | null = null;
  #asked = 0;

  constructor(options: SandboxJudgeOptions) {
    this.#options = options;
    this.#shelf = new RunnerShelf((task) => this.#openRunner(task), options.runners);
    this.#permits = new Semaphore(options.concurrency);
  }

  async check(question: Question): Promise<JudgeAnswer> {
    using _permit = await this.#permits.take();
    try {
      const outcome = await this.#shelf.use(question.task, async (runner) => runner.run(await this.#executionOf(question)));
      return toAnswer(outcome);
    } catch (error) {
      if (error instanceof Unfounded) return { kind: 'invalid' };
      return { kind: 'broken', message: (error as Error).message };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#shelf[Symbol.asyncDispose]();
    await (await this.#sandbox?.catch(() => null))?.[Symbol.asyncDispose]();
  }

  async #openRunner(id: TaskId): Promise<Runner> {
    const { manifest } = await this.#taskOf(id);
    const bundle = await this.#options.blobs.read(manifest.bundle);
    if (bundle === null) throw new Broken(`the bundle ${manifest.bundle} of task ${id} is not stored here`);
    this.#sandbox ??= this.#options.openSandbox();
    // A machine that cannot sandbox now may be able to later, e.g. when memory is free again.
    this.#sandbox.catch(() => {
      this.#sandbox = null;
    });
    const sandbox = await this.#sandbox;
    return sandbox.openRunner({ id, bundle: Buffer.from(bundle).toString(), limits: manifest.limits, math: manifest.math });
  }

  async #taskOf(id: TaskId): Promise<PublishedTask> {
    const task = await this.#options.loadTask(id);
    if (task === null) throw new Broken(`task ${id} is not known here`);
    return task;
  }

  async #executionOf({ task, seed, frozenAt, input, output }: Question): Promise<Execution> {
    const { limits } = (await this.#taskOf(task)).manifest;
    const inputText = await this.#textOf(input);
    const outputText = await this.#textOf(output).catch(unfounded);
    if (inputText === null) throw new Broken('the input is not stored here');
    if (outputText === null) throw new Unfounded('the output was never uploaded');
    const blobs = await this.#blobsFor(inputText, outputText, limits);
    return {
      id: `check-${++this.#asked}`,
      entry: { kind: 'check', output: outputText },
      input: inputText,
      blobs,
      seed,
      frozenAt,
      resume: null,
    };
  }

  async #textOf(payload: Payload): Promise<string | null> {
    if (typeof payload === 'string') return payload;
    const bytes = await this.#options.blobs.read(payload.blob);
    return bytes === null ? null : Buffer.from(bytes).toString();
  }

  /** Bounded, because an output may name any blob there is: what it names counts as output (I42). */
  async #blobsFor(input: string, output: string, limits: TaskLimits): Promise<ReadonlyMap<Digest, Uint8Array>> {
    const blobs = new Map<Digest, Uint8Array>();
    await this.#gather(blobsOf(input) as Digest[], LIMITS.blobBytes, blobs);
    await this.#gather(namesIn(output), limits.outputBytes, blobs).catch(unfounded);
    return blobs;
  }

  async #gather(digests: readonly Digest[], limitBytes: number, into: Map<Digest, Uint8Array>): Promise<void> {
    let left = limitBytes;
    for (const digest of digests) {
      if (into.has(digest)) continue;
      const size = await this.#options.blobs.size(digest);
      if (size === null) continue; // The check is told that it was not sent along.
      left -= size;
      if (left < 0) throw new Broken(`a payload names blobs of more than ${limitBytes} bytes`);
      const bytes = await this.#options.blobs.read(digest);
      if (bytes !== null) into.set(digest, bytes);
    }
  }
}

function unfounded(error: unknown): never {
  throw new Unfounded('the output cannot be read', { cause: error });
}

/** An output that is not JSON names nothing; the check itself will find it wrong. */
function namesIn(output: string): Digest[] {
  try {
    return blobsOf(output) as Digest[];
  } catch {
    return [];
  }
}

function toAnswer(outcome: ExecutionOutcome): JudgeAnswer {
  if (outcome.status === 'aborted') return { kind: 'broken', message: 'the check was aborted' };
  if (outcome.status === 'error') return { kind: 'broken', message: `the check ended with ${outcome.kind}: ${outcome.message}` };
  return { kind: outcome.output === 'true' ? 'valid' : 'invalid' };
}
