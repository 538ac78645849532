/**
 * Units under `confidence` that are open, have answers, and wait for a word that counts. Two things end the wait without another host: one that
 * answered becomes established, and its answer is weighed again; or nothing happens any more, because every account that is here has answered
 * already, and the referee computes what is left, a few at a time.
 */
import type { HostId, JobId } from '@manyhands/protocol';
import type { WorkUnit } from '../domain/work-unit.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import { applyToEach } from './ask.ts';
import type { Books } from './books.ts';
import type { CommitQueue } from './commit-queue.ts';
import type { EngineLimits } from './engine-limits.ts';
import type { JobBoard } from './job-board.ts';
import { eachPage } from './pages.ts';

export interface WaitingUnitsPorts {
  readonly queue: Pick<CommitQueue, 'propose'>;
  readonly store: Pick<Store, 'readyUnits'>;
  readonly books: Books;
  readonly board: JobBoard;
  readonly clock: Pick<Clock, 'now'>;
  readonly limits: Pick<EngineLimits, 'pageUnits' | 'auditPatienceMs' | 'checksAtOnce'>;
  onBroken(error: unknown): void;
}

/** Every change of a job raises its revision: one that stands still has come to nothing. */
interface Stillness {
  readonly revision: number;
  readonly since: number;
}

export class WaitingUnits {
  readonly #ports: WaitingUnitsPorts;
  readonly #stillness = new Map<JobId, Stillness>();
  #last: Promise<void> = Promise.resolve();

  constructor(ports: WaitingUnitsPorts) {
    this.#ports = ports;
  }

  /** The host's word counts from now on. */
  established(job: JobId, host: HostId): void {
    const task = this.#ports.board.get(job)?.task;
    if (task === undefined) return;
    for (const id of this.#ports.board.jobsOf(task))
      this.#then(() => this.#apply(id, (unit) => answeredBy(unit, host), { kind: 'review' }, Number.POSITIVE_INFINITY));
  }

  /** Now and then. */
  tick(): void {
    const { board, books, clock, limits } = this.#ports;
    const now = clock.now();
    for (const { id, verify } of board.inOrder) {
      const job = books.job(id);
      if (verify.kind !== 'confidence' || job === undefined || job.counts.running > 0 || job.counts.verifying === 0) continue;
      const still = this.#stillness.get(id);
      if (still?.revision !== job.revision) this.#stillness.set(id, { revision: job.revision, since: now });
      else if (now - still.since >= limits.auditPatienceMs)
        this.#then(() => this.#apply(id, hasAnswer, { kind: 'audit', by: 'referee' }, limits.checksAtOnce));
    }
  }

  forget(job: JobId): void {
    this.#stillness.delete(job);
  }

  #then(work: () => Promise<void>): void {
    this.#last = this.#last.then(work).catch(this.#ports.onBroken);
  }

  async #apply(job: JobId, isMeant: (unit: WorkUnit) => boolean, command: Wanted, most: number): Promise<void> {
    const { store, limits, queue } = this.#ports;
    let left = most;
    for await (const page of eachPage((after, limit) => store.readyUnits(job, after, limit), limits.pageUnits)) {
      const meant = page.filter(isMeant).slice(0, left);
      left -= meant.length;
      const isDone = await applyToEach(queue, meant, (draft, { index }) => draft.apply({ ...command, job, index }));
      if (!isDone || left === 0) return;
    }
  }
}

type Wanted = { readonly kind: 'review' } | { readonly kind: 'audit'; readonly by: 'referee' };

const hasAnswer = ({ state, replicas }: WorkUnit): boolean => state.kind === 'open' && replicas.some(({ kind }) => kind === 'returned');

const answeredBy = ({ state, replicas }: WorkUnit, host: HostId): boolean =>
  state.kind === 'open' && replicas.some((replica) => replica.kind === 'returned' && replica.host === host);
