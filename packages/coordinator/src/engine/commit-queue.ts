/**
 * Decide, then commit, then speak. The order of everything that is written:
 *
 *   waiting ──▶ [ load · decide all · one commit · speak all ] ──▶ waiting …
 *
 * CQ1 one commit is in flight · CQ2 the next batch is whatever arrived meanwhile, up to a maximum, no timer · CQ3 in order of arrival ·
 * CQ4 nobody hears anything before it is durable · CQ5 then answers and effects follow in order · CQ6 a conflict reads again what
 * conflicted and decides again, a bounded number of times · CQ7 beyond the bound new work is refused, results never ·
 * CQ8 closing drains · CQ9 exclusive work runs alone between two batches.
 */
import { type JobId, unitIdOf } from '@manyhands/protocol';
import type { UnitRef } from '../domain/work-unit.ts';
import type { Clock } from '../ports/clock.ts';
import type { CommitResult, Store } from '../ports/store.ts';
import type { Books } from './books.ts';
import { Draft } from './draft.ts';
import type { EngineLimits } from './engine-limits.ts';

/**
 * `overloaded` too much waits, or too much conflicted · `draining` the coordinator is stopping ·
 * `broken` the store failed: nothing of it may be reported as done, and the process must stop.
 */
export type RefusalReason = 'overloaded' | 'draining' | 'broken';

/** Something that wants to change the books: it names what it must see, decides on it, and speaks when that is durable. */
export interface Proposal<Answer = unknown> {
  readonly units: readonly UnitRef[];
  readonly jobs: readonly JobId[];
  /** Commands it counts for in a batch. */
  readonly weight: number;
  /** False for what brings results of leased work, or frees it: never refused for load (G8). */
  readonly isSheddable: boolean;
  /** Changes nothing but the draft: after a conflict it is asked again. */
  decide(draft: Draft): Answer;
  speak(answer: Answer): void;
  refuse(reason: RefusalReason): void;
}

export interface CommitQueuePorts {
  readonly store: Pick<Store, 'commit'>;
  readonly books: Books;
  readonly clock: Pick<Clock, 'now'>;
  readonly limits: Pick<EngineLimits, 'batchCommands' | 'queuedCommands' | 'commitAttempts' | 'maxReplicas' | 'maxErrors' | 'firstQuota'>;
  /** After every commit, when its proposals have spoken (CQ5). */
  onCommitted(draft: Draft, changes: NonNullable<ReturnType<Draft['changes']>>): void;
  /** Once: the store cannot be trusted any more. */
  onBroken(error: unknown): void;
}

type State = 'open' | 'closing' | 'broken';

interface Exclusive {
  readonly work: () => Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class CommitQueue {
  readonly #ports: CommitQueuePorts;
  #waiting: Proposal[] = [];
  #weight = 0;
  #exclusive: Exclusive[] = [];
  /** Resolves when nothing waits. */
  #idle: Promise<void> = Promise.resolve();
  #isRunning = false;
  #state: State = 'open';

  constructor(ports: CommitQueuePorts) {
    this.#ports = ports;
  }

  /** Commands that wait for a commit. */
  get queued(): number {
    return this.#weight;
  }

  propose<Answer>(proposal: Proposal<Answer>): void {
    const { queuedCommands } = this.#ports.limits;
    if (this.#state !== 'open') proposal.refuse(this.#state === 'broken' ? 'broken' : 'draining');
    else if (proposal.isSheddable && this.#weight + proposal.weight > queuedCommands && this.#weight > 0) proposal.refuse('overloaded');
    else {
      this.#waiting.push(proposal as Proposal);
      this.#weight += proposal.weight;
      this.#run();
    }
  }

  /** CQ9: `work` changes the store past the queue; no batch is decided before it is done, and none is under way. Rejects when it cannot be done. */
  exclusively(work: () => Promise<void>): Promise<void> {
    if (this.#state !== 'open') return Promise.reject(new Error(`the commit queue is ${this.#state}`));
    return new Promise((resolve, reject) => {
      this.#exclusive.push({ work, resolve, reject });
      this.#run();
    });
  }

  /** CQ8: refuses what comes from now on and resolves when all that waited has spoken. */
  async close(): Promise<void> {
    if (this.#state === 'open') this.#state = 'closing';
    await this.#idle;
  }

  #run(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#idle = this.#drain();
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length + this.#exclusive.length > 0) {
      // One turn of the event loop, so that everything that has arrived is in the batch even if the store blocks while it writes.
      await new Promise((resolve) => setImmediate(resolve));
      await this.#serve(this.#exclusive.splice(0), this.#take());
    }
    // Before anything else runs: what is proposed from here on starts the loop again.
    this.#isRunning = false;
  }

  async #serve(exclusive: readonly Exclusive[], batch: readonly Proposal[]): Promise<void> {
    try {
      for (const { work, resolve } of exclusive) {
        await work();
        resolve();
      }
      await this.#settle(batch);
    } catch (error) {
      this.#break(error, exclusive, batch);
    }
  }

  /** CQ2: at least one, then as many as fit. */
  #take(): Proposal[] {
    let weight = 0;
    let count = 0;
    for (const proposal of this.#waiting) {
      if (count > 0 && weight + proposal.weight > this.#ports.limits.batchCommands) break;
      weight += proposal.weight;
      count++;
    }
    const batch = count === this.#waiting.length ? this.#waiting : this.#waiting.slice(0, count);
    this.#waiting = count === this.#waiting.length ? [] : this.#waiting.slice(count);
    this.#weight -= weight;
    return batch;
  }

  async #settle(batch: readonly Proposal[]): Promise<void> {
    let remaining = batch;
    for (let attempt = 1; remaining.length > 0; attempt++) {
      const conflict = await this.#attempt(remaining);
      if (conflict === null) return;
      await this.#ports.books.reload(conflict.units, conflict.jobs);
      if (attempt % this.#ports.limits.commitAttempts === 0) remaining = this.#withdraw(remaining, conflict);
    }
  }

  /** null: it is durable and spoken. */
  async #attempt(batch: readonly Proposal[]): Promise<Extract<CommitResult, { kind: 'conflict' }> | null> {
    const { store, books, clock, limits, onCommitted } = this.#ports;
    await books.load(unitsOf(batch), jobsOf(batch));
    const draft = new Draft(books, clock.now(), limits);
    const answers = batch.map((proposal) => proposal.decide(draft));
    const changes = draft.changes();
    if (changes !== null) {
      const outcome = await store.commit(changes);
      if (outcome.kind === 'conflict') return outcome;
      books.keep(changes.units, changes.jobs, changes.standings, changes.tallies);
      books.hosts.keepConducts(draft.hosts.conducts);
    }
    for (const [i, proposal] of batch.entries()) proposal.speak(answers[i]);
    if (changes !== null) onCommitted(draft, changes);
    return null;
  }

  /** CQ6: those that touch what keeps conflicting give up, so that the others get on. */
  #withdraw(batch: readonly Proposal[], { units, jobs }: Extract<CommitResult, { kind: 'conflict' }>): Proposal[] {
    const stale = new Set<string>([...units.map(({ job, index }) => unitIdOf(job, index)), ...jobs]);
    const touches = ({ units, jobs }: Proposal) =>
      units.some(({ job, index }) => stale.has(unitIdOf(job, index)) || stale.has(job)) || jobs.some((job) => stale.has(job));
    const kept = batch.filter((proposal) => !touches(proposal));
    // What conflicts may have been found by a proposal itself, unnamed: then none can be kept.
    const given = kept.length === batch.length ? batch : batch.filter(touches);
    for (const proposal of given) proposal.refuse('overloaded');
    return kept.length === batch.length ? [] : kept;
  }

  /** Nobody in the batch is told that it is done: whether it is, only the next start can find out. */
  #break(error: unknown, exclusive: readonly Exclusive[], batch: readonly Proposal[]): void {
    this.#state = 'broken';
    for (const { reject } of [...exclusive, ...this.#exclusive.splice(0)]) reject(error);
    for (const proposal of [...batch, ...this.#waiting.splice(0)]) proposal.refuse('broken');
    this.#weight = 0;
    this.#ports.onBroken(error);
  }
}

function* unitsOf(batch: readonly Proposal[]): Generator<UnitRef> {
  for (const { units } of batch) yield* units;
}

function* jobsOf(batch: readonly Proposal[]): Generator<JobId> {
  let last: JobId | null = null;
  for (const { units, jobs } of batch) {
    yield* jobs;
    for (const { job } of units) {
      if (job !== last) yield job;
      last = job;
    }
  }
}
