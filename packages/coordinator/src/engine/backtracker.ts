/**
 * After a conviction: strikes the host's word from every unit that provisionally rests on it (I19), page by page, in all jobs of the task,
 * where it is a newcomer now. When every unit of the job has an answer, those that are final on the word of convicted hosts alone are taken
 * back; before that none can be, unless several said the same and all were convicted, and the end is soon enough for those. A restart does it
 * again for every convicted host of an active job, because a crash may have come in between, and for a job that is done, was not looked
 * through yet, and knows it (`isUnswept`).
 */
import type { HostId, JobId } from '@manyhands/protocol';
import type { Job } from '../domain/job.ts';
import { isEstablished } from '../domain/standing.ts';
import type { Backtrack } from '../domain/unit-effect.ts';
import type { WorkUnit } from '../domain/work-unit.ts';
import type { Store } from '../ports/store.ts';
import { applyToEach, ask } from './ask.ts';
import type { Books } from './books.ts';
import type { CommitQueue } from './commit-queue.ts';
import type { Draft } from './draft.ts';
import type { EngineLimits } from './engine-limits.ts';
import type { JobBoard } from './job-board.ts';
import { eachPage } from './pages.ts';

export interface BacktrackerPorts {
  readonly queue: Pick<CommitQueue, 'propose'>;
  readonly store: Pick<Store, 'provisionalUnits' | 'finalUnits'>;
  readonly books: Books;
  readonly board: Pick<JobBoard, 'jobsOf'>;
  readonly limits: Pick<EngineLimits, 'pageUnits'>;
  onBroken(error: unknown): void;
}

export class Backtracker {
  readonly #ports: BacktrackerPorts;
  /** One after the other: several convictions of one host find less and less. */
  #last: Promise<void> = Promise.resolve();
  /** Convicted since the final units of the job were last looked at. */
  readonly #convicted = new Map<JobId, Set<HostId>>();
  #isStopped = false;

  constructor(ports: BacktrackerPorts) {
    this.#ports = ports;
  }

  add({ job, host }: Pick<Backtrack, 'job' | 'host'>): void {
    const { books, board } = this.#ports;
    this.#note(job, [host]);
    const task = books.job(job)?.task;
    for (const id of new Set([job, ...(task === undefined ? [] : board.jobsOf(task))]))
      this.#last = this.#last.then(() => this.#strike(id, new Set([host]))).catch(this.#ports.onBroken);
  }

  /** After every commit that changed the job. */
  jobChanged(job: Job): void {
    const hosts = this.#convicted.get(job.id);
    if (hosts === undefined || !isAnswered(job)) return;
    this.#convicted.delete(job.id);
    this.#last = this.#last.then(() => this.#retract(job.id, hosts)).catch(this.#ports.onBroken);
  }

  /** A crash may have come between a conviction and what follows from it. */
  resume({ id, task, isUnswept }: Pick<Job, 'id' | 'task' | 'isUnswept'>): void {
    const convicted = this.#ports.books.hosts.standings(task).filter(({ convictions }) => convictions > 0);
    const fallen = new Set(convicted.filter((standing) => !isEstablished(standing)).map(({ host }) => host));
    if (isUnswept === true || fallen.size > 0)
      this.#note(
        id,
        convicted.map(({ host }) => host),
      );
    if (fallen.size > 0) this.#last = this.#last.then(() => this.#strike(id, fallen)).catch(this.#ports.onBroken);
  }

  stop(): void {
    this.#isStopped = true;
  }

  #note(job: JobId, hosts: readonly HostId[]): void {
    this.#convicted.set(job, new Set([...(this.#convicted.get(job) ?? []), ...hosts]));
  }

  async #retract(job: JobId, hosts: ReadonlySet<HostId>): Promise<void> {
    const { store, limits, queue } = this.#ports;
    const read = (after: number, limit: number) => store.finalUnits(job, after, limit);
    for await (const page of eachPage(read, limits.pageUnits, () => this.#isStopped)) {
      const resting = page.filter((unit) => wordsOf(unit, hosts).length > 0);
      const isDone = await applyToEach(queue, resting, (draft, { index }) => draft.apply({ kind: 'retract', job, index }));
      if (!isDone) return;
    }
    if (!this.#isStopped)
      await ask(queue, { units: [], jobs: [job], weight: 1, isSheddable: false, decide: (draft) => this.#tickOff(job, draft) });
  }

  /** Unless another was convicted meanwhile. */
  #tickOff(job: JobId, draft: Draft): void {
    if (!this.#convicted.has(job)) draft.swept(job);
  }

  async #strike(job: JobId, hosts: ReadonlySet<HostId>): Promise<void> {
    const { store, limits } = this.#ports;
    const read = (after: number, limit: number) => store.provisionalUnits(job, after, limit);
    for await (const page of eachPage(read, limits.pageUnits, () => this.#isStopped)) {
      const resting = page.flatMap((unit) => wordsOf(unit, hosts).map((host) => ({ job, index: unit.index, host })));
      const isDone = await applyToEach(this.#ports.queue, resting, (draft, word) => draft.apply({ kind: 'strike', ...word }));
      if (!isDone) return;
    }
  }
}

/** Nothing of it is without an answer. Of a cancelled job nothing is asked for again. */
const isAnswered = ({ state, unitCount, counts: { provisional, final, failed, cancelled } }: Job): boolean =>
  (state === 'closed' || state === 'done') && provisional + final + failed + cancelled === unitCount;

/** Of these hosts, those on whose word the unit rests. */
const wordsOf = ({ replicas }: WorkUnit, hosts: ReadonlySet<HostId>): HostId[] =>
  replicas.flatMap((replica) => (replica.kind === 'judged' && replica.valid && hosts.has(replica.host) ? [replica.host] : []));
