/** Asks author code in the sandbox: a stranger's code on a stranger's result, so never in this process. Rules JU1… in docs/spec/judge.md. */

import { digestOf } from '@manyhands/identity';
import type { Agreement, Digest, Payload, TaskId, TaskManifest, VerifyPolicy } from '@manyhands/protocol';
import type { Comparison, Execution, ExecutionOutcome, Sandbox, SandboxTask } from '@manyhands/sandbox';
import type { PublishedTask } from '../domain/change-set.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { ComparisonAnswer, Judge, JudgeAnswer, RefereeAnswer } from '../ports/judge.ts';
import { type Batch, batchesOf, MOST_PAIRS } from './comparison-batches.ts';
import { type Evidence, keepAnswer, readInput, readOutput } from './evidence.ts';
import { Broken, Unfounded } from './failures.ts';
import { RunnerRoom } from './runner-room.ts';

export interface SandboxJudgeOptions {
  /** Called at the first question of each kind: a coordinator that asks nothing starts no child. */
  readonly openSandbox: () => Promise<Sandbox>;
  readonly loadTask: (id: TaskId) => Promise<PublishedTask | null>;
  readonly blobs: BlobStore;
  /** Checks and comparisons at the same time; the referee gets half as many beside them. */
  readonly concurrency: number;
  /** Runners kept open; the referee has half as many beside them. */
  readonly runners: number;
}

type Check = Parameters<Judge['check']>[0];
type Computation = Parameters<Judge['compute']>[0];
type Comparing = Parameters<Judge['compare']>[0];

const half = (n: number): number => Math.max(1, Math.floor(n / 2));

export class SandboxJudge implements Judge, AsyncDisposable {
  readonly #options: SandboxJudgeOptions;
  readonly #verdicts: RunnerRoom;
  readonly #referee: RunnerRoom;
  #asked = 0;

  constructor(options: SandboxJudgeOptions) {
    const { openSandbox, concurrency, runners } = options;
    this.#options = options;
    this.#verdicts = new RunnerRoom({ openSandbox, loadTask: (id) => this.#verdictTask(id), concurrency, runners });
    // Its runs may take hours, and a task's runner serves what comes first: a room of its own keeps it out of the way (JU12).
    this.#referee = new RunnerRoom({
      openSandbox,
      loadTask: (id) => this.#sandboxTask(id),
      concurrency: half(concurrency),
      runners: half(runners),
    });
  }

  async check(question: Check): Promise<JudgeAnswer> {
    try {
      const output = outputOf(await this.#verdicts.run(question.task, () => this.#checkOf(question)), 'the check');
      return { kind: output === 'true' ? 'valid' : 'invalid' };
    } catch (error) {
      return error instanceof Unfounded ? { kind: 'invalid' } : broken(error);
    }
  }

  async compute(question: Computation): Promise<RefereeAnswer> {
    try {
      const text = outputOf(await this.#referee.run(question.task, () => this.#computationOf(question)), 'the task');
      const digest = digestOf(text);
      const { verify } = await this.#manifestOf(question.task);
      if (agreementOf(verify).kind === 'exact') return { kind: 'computed', digest };
      return { kind: 'computed', digest, output: await keepAnswer(this.#options.blobs, text, digest) };
    } catch (error) {
      return broken(error);
    }
  }

  async compare(question: Comparing): Promise<ComparisonAnswer> {
    try {
      const { verify } = await this.#manifestOf(question.task);
      const agreement = agreementOf(verify);
      if (agreement.kind === 'exact') return { kind: 'compared', agree: question.pairs.map(([a, b]) => nameOf(a) === nameOf(b)) };
      const agree: boolean[] = [];
      for (const batch of batchesOf(question.pairs)) agree.push(...(await this.#compareBatch(question, agreement, batch)));
      return { kind: 'compared', agree };
    } catch (error) {
      return broken(error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#verdicts[Symbol.asyncDispose](), this.#referee[Symbol.asyncDispose]()]);
  }

  async #checkOf({ task, seed, frozenAt, input, output }: Check): Promise<Execution> {
    const { limits } = await this.#manifestOf(task);
    const given = await readInput(this.#options.blobs, input);
    const found = await readOutput(this.#options.blobs, output, limits.outputBytes);
    const blobs = new Map([...given.blobs, ...found.blobs]);
    return this.#execution({ seed, frozenAt }, { entry: { kind: 'check', output: found.text }, input: given.text, blobs });
  }

  async #computationOf({ seed, frozenAt, input }: Computation): Promise<Execution> {
    const { text, blobs } = await readInput(this.#options.blobs, input);
    return this.#execution({ seed, frozenAt }, { entry: { kind: 'run' }, input: text, blobs });
  }

  async #compareBatch(question: Comparing, agreement: Comparison['agreement'], batch: Batch): Promise<boolean[]> {
    const prepare = (): Promise<Execution> => this.#comparisonOf(question, agreement, batch);
    const verdicts = outputOf(await this.#verdicts.run(question.task, prepare), 'the comparison');
    if (verdicts.length !== batch.pairs.length)
      throw new Broken(`the comparison of ${batch.pairs.length} pairs gave ${verdicts.length} answers`);
    return Array.from(verdicts, (verdict) => verdict === '1');
  }

  async #comparisonOf(question: Comparing, agreement: Comparison['agreement'], { outputs, pairs }: Batch): Promise<Execution> {
    const { limits } = await this.#manifestOf(question.task);
    const found = await Promise.all(outputs.map((output) => this.#foundOutput(output, limits.outputBytes)));
    const comparison = { agreement, outputs: found.map(({ text }) => text), pairs };
    const blobs = new Map(found.flatMap((evidence) => [...evidence.blobs]));
    return this.#execution(question, { entry: { kind: 'agree', comparison }, input: 'null', blobs });
  }

  async #foundOutput(output: Payload, limitBytes: number): Promise<Evidence> {
    try {
      return await readOutput(this.#options.blobs, output, limitBytes);
    } catch (error) {
      if (error instanceof Unfounded) return NO_VALUE;
      throw error;
    }
  }

  #execution({ seed, frozenAt }: { seed: string; frozenAt: number }, about: Pick<Execution, 'entry' | 'input' | 'blobs'>): Execution {
    return { id: `${about.entry.kind}-${++this.#asked}`, seed, frozenAt, resume: null, ...about };
  }

  async #sandboxTask(id: TaskId): Promise<SandboxTask> {
    const { bundle, limits, math } = await this.#manifestOf(id);
    const bytes = await this.#options.blobs.read(bundle);
    if (bytes === null) throw new Broken(`the bundle ${bundle} of task ${id} is not stored here`);
    return { id, bundle: Buffer.from(bytes).toString(), limits, math };
  }

  /** Its answers are verdicts, which may be longer than the task's own outputs. */
  async #verdictTask(id: TaskId): Promise<SandboxTask> {
    const task = await this.#sandboxTask(id);
    return { ...task, limits: { ...task.limits, outputBytes: MOST_PAIRS } };
  }

  async #manifestOf(id: TaskId): Promise<TaskManifest> {
    const task = await this.#options.loadTask(id);
    if (task === null) throw new Broken(`task ${id} is not known here`);
    return task.manifest;
  }
}

/** No text of a value: it agrees with nothing (JU7). */
const NO_VALUE: Evidence = { text: '', blobs: new Map() };

/** A proof needs no agreement: one answer that passes is enough. */
const agreementOf = (verify: VerifyPolicy): Agreement => (verify.kind === 'proof' ? { kind: 'exact' } : verify.agree);

const nameOf = (output: Payload): Digest => (typeof output === 'string' ? digestOf(output) : output.blob);

const broken = (error: unknown): { kind: 'broken'; message: string } => ({ kind: 'broken', message: (error as Error).message });

/** Throws Broken for every end but an output. */
function outputOf(outcome: ExecutionOutcome, what: string): string {
  if (outcome.status === 'ok') return outcome.output;
  throw new Broken(outcome.status === 'aborted' ? `${what} was aborted` : `${what} ended with ${outcome.kind}: ${outcome.message}`);
}
