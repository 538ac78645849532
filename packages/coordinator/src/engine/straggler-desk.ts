/** Near a job's end: asks now and then whether somebody who is free should compute what is slow to come back (domain/stragglers.ts). */
import type { HostId, JobId } from '@manyhands/protocol';
import { stragglersOf } from '../domain/stragglers.ts';
import type { WorkUnit } from '../domain/work-unit.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import { ask } from './ask.ts';
import type { Books } from './books.ts';
import type { CommitQueue } from './commit-queue.ts';
import type { JobBoard, JobEntry } from './job-board.ts';
import type { Paces } from './paces.ts';

export interface StragglerDeskPorts {
  readonly queue: Pick<CommitQueue, 'propose'>;
  readonly store: Pick<Store, 'unsettledUnits'>;
  readonly books: Books;
  readonly board: JobBoard;
  readonly clock: Pick<Clock, 'now'>;
  readonly paces: Paces;
  /** Hosts that wait for work. */
  freeHosts(): readonly HostId[];
  onBroken(error: unknown): void;
}

/** More units than this under way is no tail. */
const TAIL_UNITS = 500;

export class StragglerDesk {
  readonly #ports: StragglerDeskPorts;
  readonly #underWay = new Set<JobId>();

  constructor(ports: StragglerDeskPorts) {
    this.#ports = ports;
  }

  /** Every few seconds. */
  tick(): void {
    const { board, onBroken } = this.#ports;
    const free = this.#ports.freeHosts();
    if (free.length === 0) return;
    for (const entry of board.inOrder) {
      if (this.#underWay.has(entry.id) || !this.#isTail(entry)) continue;
      this.#underWay.add(entry.id);
      this.#duplicate(entry.id, free)
        .catch(onBroken)
        .finally(() => this.#underWay.delete(entry.id));
    }
  }

  /** Everything is handed out, nothing waits, and little is under way. */
  #isTail({ id, window }: JobEntry): boolean {
    const job = this.#ports.books.job(id);
    if (job?.state !== 'closed' || job.nextFresh < job.unitCount || window.size > 0 || window.hasMore) return false;
    return job.counts.running > 0 && job.counts.running <= TAIL_UNITS;
  }

  async #duplicate(job: JobId, free: readonly HostId[]): Promise<void> {
    const { store, clock, paces, queue } = this.#ports;
    const units: readonly WorkUnit[] = await store.unsettledUnits(job, -1, TAIL_UNITS);
    const picked = stragglersOf(units, free, paces.of(job), clock.now());
    if (picked.length === 0) return;
    // Refused: it is not pressing, and the next tick asks again.
    await ask(queue, {
      units: picked,
      jobs: [],
      weight: picked.length,
      isSheddable: true,
      decide: (draft) => {
        for (const { index } of picked) draft.apply({ kind: 'duplicate', job, index });
      },
    });
  }
}
