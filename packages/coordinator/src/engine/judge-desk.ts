/**
 * Has results checked by the author's own code, and units computed by the referee, a few at a time. What comes of it is a command like any other.
 * What is pending is not stored anywhere else: a restart finds it again by its units, which wait in `verifying`.
 */
import { type Digest, type JobId, type Payload, type TaskId, unitIdOf, type VerifyPolicy } from '@manyhands/protocol';
import { comparisonNeeded } from '../domain/comparison.ts';
import type { Job } from '../domain/job.ts';
import { isVote } from '../domain/quorum.ts';
import type { UnitCommand } from '../domain/unit-command.ts';
import type { ComparedAnswer, ComparisonCall, ProofCheck, RefereeCall } from '../domain/unit-effect.ts';
import type { UnitRef, WorkUnit } from '../domain/work-unit.ts';
import type { Judge } from '../ports/judge.ts';
import type { Store } from '../ports/store.ts';
import type { Books } from './books.ts';
import type { CommitQueue } from './commit-queue.ts';
import type { EngineLimits } from './engine-limits.ts';
import { eachPage } from './pages.ts';

export interface JudgeDeskPorts {
  readonly queue: Pick<CommitQueue, 'propose'>;
  readonly store: Pick<Store, 'loadInputs' | 'loadResult' | 'loadUnits' | 'unsettledUnits' | 'disputedUnits'>;
  readonly books: Books;
  readonly judge: Judge;
  readonly limits: Pick<EngineLimits, 'checksAtOnce' | 'checkAttempts' | 'pageUnits'>;
  onBroken(error: unknown): void;
}

interface Question {
  readonly task: TaskId;
  readonly seed: string;
  readonly frozenAt: number;
  readonly input: Payload;
}

export type Case = ProofCheck | ComparisonCall | RefereeCall;

interface Line {
  readonly waiting: Case[];
  underWay: number;
}

export class JudgeDesk {
  readonly #ports: JudgeDeskPorts;
  readonly #verdicts: Line = { waiting: [], underWay: 0 };
  /** The referee may take hours over a unit; a line of its own keeps it out of the way of the others. */
  readonly #referees: Line = { waiting: [], underWay: 0 };
  #isStopped = false;

  constructor(ports: JudgeDeskPorts) {
    this.#ports = ports;
  }

  add(pending: Case): void {
    const line = pending.kind === 'referee' ? this.#referees : this.#verdicts;
    line.waiting.push(pending);
    this.#start(line);
  }

  /** Finds what a restart left pending in a job. */
  async resume({ id, verify }: Pick<Job, 'id' | 'verify'>): Promise<void> {
    const { store } = this.#ports;
    for await (const page of this.#pages((after, limit) => store.unsettledUnits(id, after, limit)))
      for (const unit of page) {
        const pending = pendingOf(unit, verify);
        if (pending !== null) this.add(pending);
      }
    await this.resumeDisputes(id);
  }

  /** Of a job that may have ended: what was asked about units that are final. */
  async resumeDisputes(id: JobId): Promise<void> {
    const { store } = this.#ports;
    for await (const page of this.#pages((after, limit) => store.disputedUnits(id, after, limit)))
      for (const { job, index } of page) this.add({ kind: 'referee', job, index });
  }

  #pages(read: (after: number, limit: number) => Promise<readonly WorkUnit[]>): AsyncGenerator<readonly WorkUnit[]> {
    return eachPage(read, this.#ports.limits.pageUnits, () => this.#isStopped);
  }

  /** What is under way is not waited for: a restart asks again. */
  stop(): void {
    this.#isStopped = true;
    for (const line of [this.#verdicts, this.#referees]) line.waiting.length = 0;
  }

  #start(line: Line): void {
    while (!this.#isStopped && line.underWay < this.#ports.limits.checksAtOnce) {
      const pending = line.waiting.shift();
      if (pending === undefined) return;
      line.underWay++;
      void this.#run(pending, line);
    }
  }

  async #run(pending: Case, line: Line): Promise<void> {
    try {
      const command = await this.#hear(pending);
      if (!this.#isStopped) this.#propose(pending, command);
    } catch (error) {
      this.#ports.onBroken(error);
    } finally {
      line.underWay--;
      this.#start(line);
    }
  }

  #hear(pending: Case): Promise<UnitCommand> {
    switch (pending.kind) {
      case 'judge':
        return this.#check(pending);
      case 'compare':
        return this.#compare(pending);
      case 'referee':
        return this.#referee(pending);
    }
  }

  async #compare({ job, index, pairs }: ComparisonCall): Promise<UnitCommand> {
    const { input: _, ...question } = await this.#questionOn({ job, index });
    const outputOf = ({ digest }: ComparedAnswer) => this.#outputOf({ job, index }, digest);
    const outputs = await Promise.all(pairs.map(async ([a, b]) => [await outputOf(a), await outputOf(b)] as const));
    const answer = await this.#persist(() => this.#ports.judge.compare({ ...question, pairs: outputs }));
    if (answer.kind === 'broken')
      return { kind: 'fail-comparison', job, index, message: this.#brokenMessage('Comparing the answers', answer.message) };
    const comparisons = pairs.map(([a, b], i) => [a.digest, b.digest, answer.agree[i] === true] as const);
    return { kind: 'record-comparisons', job, index, comparisons };
  }

  async #check(check: ProofCheck): Promise<UnitCommand> {
    const { job, index, no, digest } = check;
    const result = await this.#ports.store.loadResult(check, no);
    if (result === null) throw new Error(`nothing to check for ${unitIdOf(job, index)}`);
    const question = { ...(await this.#questionOn(check)), output: result.output, digest };
    const answer = await this.#persist(() => this.#ports.judge.check(question));
    if (answer.kind !== 'broken') return { kind: 'judge-result', job, index, no, verdict: answer.kind };
    return { kind: 'fail-check', job, index, no, message: this.#brokenMessage('The check of this task', answer.message) };
  }

  async #referee(call: RefereeCall): Promise<UnitCommand> {
    const { job, index } = call;
    const question = await this.#questionOn(call);
    const answer = await this.#persist(() => this.#ports.judge.compute(question));
    if (answer.kind === 'computed' && answer.output === undefined) return { kind: 'record-truth', job, index, digest: answer.digest };
    if (answer.kind === 'computed') return this.#compareTruth(call, question, answer.digest, answer.output as Payload);
    return {
      kind: 'fail-referee',
      job,
      index,
      message: this.#brokenMessage('The answers differ, and computing the unit here', answer.message),
    };
  }

  /** Answers may agree with the truth without being equal to it. */
  async #compareTruth({ job, index }: UnitRef, question: Question, digest: Digest, output: Payload): Promise<UnitCommand> {
    const { store, judge } = this.#ports;
    const unit = (await store.loadUnits([{ job, index }])).get(unitIdOf(job, index));
    const answers = [...new Set((unit?.replicas ?? []).filter(isVote).map((vote) => vote.digest))];
    const outputs = await Promise.all(answers.map((answer) => this.#outputOf({ job, index }, answer)));
    const { input: _, ...about } = question;
    const pairs = outputs.map((answer) => [output, answer] as const);
    const compared = await this.#persist(() => judge.compare({ ...about, pairs }));
    if (compared.kind === 'broken')
      return { kind: 'fail-comparison', job, index, message: this.#brokenMessage('Comparing the answers', compared.message) };
    const comparisons = answers.map((answer, i) => [digest, answer, compared.agree[i] === true] as const);
    return { kind: 'record-truth', job, index, digest, comparisons };
  }

  /** Of an answer. One that came after the verdict and repeats a known one is kept as late, and is nobody's output; then that of another replica is the same. */
  async #outputOf(ref: UnitRef, digest: Digest): Promise<Payload> {
    const { store } = this.#ports;
    const unit = (await store.loadUnits([ref])).get(unitIdOf(ref.job, ref.index));
    for (const { no } of (unit?.replicas ?? []).filter((replica) => isVote(replica) && replica.digest === digest)) {
      const result = await store.loadResult(ref, no);
      if (result !== null) return result.output;
    }
    throw new Error(`nothing to compare for ${unitIdOf(ref.job, ref.index)}`);
  }

  async #questionOn(ref: UnitRef): Promise<Question> {
    const { books, store } = this.#ports;
    await books.load([], [ref.job]);
    const job = books.job(ref.job);
    const [input] = await store.loadInputs([ref]);
    const seed = unitIdOf(ref.job, ref.index);
    if (job === undefined || input === undefined) throw new Error(`nothing is known of ${seed}`);
    return { task: job.task, seed, frozenAt: job.createdAt, input };
  }

  /** Asks again when the answer is no answer: that may be the machine's fault and not the task's. */
  async #persist<Answer extends { readonly kind: string }>(ask: () => Promise<Answer>): Promise<Answer> {
    let answer = await ask();
    for (let attempt = 1; attempt < this.#ports.limits.checkAttempts && answer.kind === 'broken' && !this.#isStopped; attempt++)
      answer = await ask();
    return answer;
  }

  #propose(ref: UnitRef, command: UnitCommand): void {
    this.#ports.queue.propose({
      units: [ref],
      jobs: [],
      weight: 1,
      isSheddable: false,
      decide: (draft) => draft.apply(command),
      speak: () => {},
      // The unit still waits in `verifying`; the next start asks again.
      refuse: () => {},
    });
  }

  #brokenMessage(what: string, message: string): string {
    return `${what} failed ${this.#ports.limits.checkAttempts} times, so no answer can be believed: ${message}`.slice(0, 2_000);
  }
}

/** null: it waits for nothing of ours. */
function pendingOf(unit: WorkUnit, verify: VerifyPolicy): Case | null {
  const { job, index, state, replicas, truth } = unit;
  if (state.kind !== 'verifying') return null;
  const comparison = truth === null ? null : comparisonNeeded(unit, verify);
  if (comparison !== null) return comparison;
  if (truth !== undefined) return { kind: 'referee', job, index };
  const waiting = replicas.find((replica) => replica.kind === 'returned');
  return waiting === undefined ? null : { kind: 'judge', job, index, no: waiting.no, digest: waiting.digest };
}
