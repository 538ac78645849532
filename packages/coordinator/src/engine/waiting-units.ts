/**
 * Units under `confidence` that are open, have answers, and wait for a word that counts. Two things end the wait without another host: one that
 * answered becomes established, and its answer is weighed again; or nothing happens any more, because every account that is here has answered
 * already, or may not answer more before it is judged (matching.ts), and the referee computes what is left, a few at a time.
 */
import type { HostId, JobId } from '@manyhands/protocol';
import type { Job } from '../domain/job.ts';
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
  /** Hosts that wait for work. */
  freeHosts(): readonly HostId[];
  onBroken(error: unknown): void;
}

/** Since when nothing was given out, brought in or decided in a job. */
interface Stillness {
  readonly events: number;
  readonly since: number;
}

export class WaitingUnits {
  readonly #ports: WaitingUnitsPorts;
  readonly #stillness = new Map<JobId, Stillness>();
  #last: Promise<void> = Promise.resolve();
  #isStopped = false;

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
    const isAnybodyFree = this.#ports.freeHosts().length > 0;
    for (const { id, verify } of board.inOrder) {
      const job = books.job(id);
      if (verify.kind !== 'confidence' || job === undefined || !isWaiting(job, isAnybodyFree)) continue;
      const still = this.#stillness.get(id);
      const events = eventsOf(job);
      if (still?.events !== events) this.#stillness.set(id, { events, since: now });
      else if (now - still.since >= limits.auditPatienceMs) {
        this.#stillness.set(id, { events, since: now });
        this.#then(() => this.#apply(id, hasAnswer, { kind: 'audit', by: 'referee' }, limits.checksAtOnce));
      }
    }
  }

  forget(job: JobId): void {
    this.#stillness.delete(job);
  }

  stop(): void {
    this.#isStopped = true;
  }

  #then(work: () => Promise<void>): void {
    this.#last = this.#last.then(work).catch(this.#ports.onBroken);
  }

  async #apply(job: JobId, isMeant: (unit: WorkUnit) => boolean, command: Wanted, most: number): Promise<void> {
    const { store, limits, queue } = this.#ports;
    let left = most;
    const read = (after: number, limit: number) => store.readyUnits(job, after, limit);
    for await (const page of eachPage(read, limits.pageUnits, () => this.#isStopped)) {
      const meant = page.filter(isMeant).slice(0, left);
      left -= meant.length;
      const isDone = await applyToEach(queue, meant, (draft, { index }) => draft.apply({ ...command, job, index }));
      if (!isDone || left === 0) return;
    }
  }
}

/** Somebody may still bring the word that is missing, unless those who could work are idle. */
const isWaiting = ({ counts }: Job, isAnybodyFree: boolean): boolean => counts.verifying > 0 && (counts.running === 0 || isAnybodyFree);

/** A lease that is renewed is no event. */
const eventsOf = ({ counts }: Job): number => counts.issued + counts.results + counts.refereed + counts.final + counts.failed;

type Wanted = { readonly kind: 'review' } | { readonly kind: 'audit'; readonly by: 'referee' };

const hasAnswer = ({ state, replicas }: WorkUnit): boolean => state.kind === 'open' && replicas.some(({ kind }) => kind === 'returned');

const answeredBy = ({ state, replicas }: WorkUnit, host: HostId): boolean =>
  state.kind === 'open' && replicas.some((replica) => replica.kind === 'returned' && replica.host === host);
