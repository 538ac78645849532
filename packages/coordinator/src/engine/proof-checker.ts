/**
 * Has results checked by the author's own code, a few at a time. What a check finds becomes a command like any other.
 * Pending checks are not stored anywhere else: a restart finds them again by their units, which wait in `verifying`.
 */
import { type JobId, type Payload, unitIdOf } from '@manyhands/protocol';
import type { UnitCommand } from '../domain/unit-command.ts';
import type { ProofCheck } from '../domain/unit-effect.ts';
import type { Judge, JudgeAnswer } from '../ports/judge.ts';
import type { Store } from '../ports/store.ts';
import type { Books } from './books.ts';
import type { CommitQueue } from './commit-queue.ts';
import type { EngineLimits } from './engine-limits.ts';

export interface ProofCheckerPorts {
  readonly queue: Pick<CommitQueue, 'propose'>;
  readonly store: Pick<Store, 'loadInputs' | 'loadResult' | 'unsettledUnits'>;
  readonly books: Books;
  readonly judge: Judge;
  readonly limits: Pick<EngineLimits, 'checksAtOnce' | 'checkAttempts' | 'pageUnits'>;
  onBroken(error: unknown): void;
}

export class ProofChecker {
  readonly #ports: ProofCheckerPorts;
  #waiting: ProofCheck[] = [];
  #underWay = 0;
  #isStopped = false;

  constructor(ports: ProofCheckerPorts) {
    this.#ports = ports;
  }

  add(check: ProofCheck): void {
    this.#waiting.push(check);
    this.#start();
  }

  /** Finds the checks of a job that a restart left pending. */
  async resume(job: JobId): Promise<void> {
    const { store, limits } = this.#ports;
    let after = -1;
    for (let isLast = false; !isLast; ) {
      const page = await store.unsettledUnits(job, after, limits.pageUnits);
      for (const { index, state, replicas } of page) {
        const waiting = state.kind === 'verifying' ? replicas.find((replica) => replica.kind === 'returned') : undefined;
        if (waiting !== undefined) this.add({ kind: 'judge', job, index, no: waiting.no, digest: waiting.digest });
      }
      after = page.at(-1)?.index ?? after;
      isLast = page.length < limits.pageUnits;
    }
  }

  /** What is under way is not waited for: a restart asks again. */
  stop(): void {
    this.#isStopped = true;
    this.#waiting = [];
  }

  #start(): void {
    while (!this.#isStopped && this.#underWay < this.#ports.limits.checksAtOnce) {
      const check = this.#waiting.shift();
      if (check === undefined) return;
      this.#underWay++;
      void this.#run(check);
    }
  }

  async #run(check: ProofCheck): Promise<void> {
    try {
      const answer = await this.#judge(check);
      if (!this.#isStopped) this.#propose(check, answer);
    } catch (error) {
      this.#ports.onBroken(error);
    } finally {
      this.#underWay--;
      this.#start();
    }
  }

  /** Asks again when the check itself breaks: that may be the machine's fault and not the task's. */
  async #judge(check: ProofCheck): Promise<JudgeAnswer> {
    const { books, judge, limits } = this.#ports;
    await books.load([], [check.job]);
    const job = books.job(check.job);
    const [input, result] = await this.#load(check);
    if (job === undefined || input === undefined || result === null)
      throw new Error(`nothing to check for ${unitIdOf(check.job, check.index)}`);
    const { output } = result;
    const seed = unitIdOf(check.job, check.index);
    let answer: JudgeAnswer = { kind: 'broken', message: '' };
    for (let attempt = 0; attempt < limits.checkAttempts && answer.kind === 'broken' && !this.#isStopped; attempt++)
      answer = await judge.check({ task: job.task, seed, frozenAt: job.createdAt, input, output, digest: check.digest });
    return answer;
  }

  async #load(check: ProofCheck): Promise<[Payload | undefined, { readonly output: Payload } | null]> {
    const { store } = this.#ports;
    const [inputs, result] = await Promise.all([store.loadInputs([check]), store.loadResult(check, check.no)]);
    return [inputs[0], result];
  }

  #propose(check: ProofCheck, answer: JudgeAnswer): void {
    const { job, index, no } = check;
    const command: UnitCommand =
      answer.kind === 'broken'
        ? { kind: 'fail-check', job, index, no, message: this.#brokenMessage(answer.message) }
        : { kind: 'judge-result', job, index, no, verdict: answer.kind };
    this.#ports.queue.propose({
      units: [check],
      jobs: [],
      weight: 1,
      isSheddable: false,
      decide: (draft) => draft.apply(command),
      speak: () => {},
      // The unit still waits in `verifying`; the next start asks again.
      refuse: () => {},
    });
  }

  #brokenMessage(message: string): string {
    return `The check of this task failed ${this.#ports.limits.checkAttempts} times, so no answer can be believed: ${message}`.slice(
      0,
      2_000,
    );
  }
}
