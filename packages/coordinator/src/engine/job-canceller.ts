/** Cancels the units of cancelled jobs, page by page. A restart goes on where it stopped: `endedAt` is written when none is left. */
import type { JobId } from '@manyhands/protocol';
import type { WorkUnit } from '../domain/work-unit.ts';
import type { Store } from '../ports/store.ts';
import { applyToEach, ask } from './ask.ts';
import type { CommitQueue } from './commit-queue.ts';
import type { EngineLimits } from './engine-limits.ts';

export interface JobCancellerPorts {
  readonly queue: Pick<CommitQueue, 'propose'>;
  readonly store: Pick<Store, 'unsettledUnits' | 'readyUnits' | 'provisionalUnits'>;
  readonly limits: Pick<EngineLimits, 'pageUnits'>;
  onBroken(error: unknown): void;
}

export class JobCanceller {
  readonly #ports: JobCancellerPorts;
  readonly #underWay = new Set<JobId>();

  constructor(ports: JobCancellerPorts) {
    this.#ports = ports;
  }

  /** Goes on by itself. The job is cancelled already, so nothing new can be leased meanwhile. */
  add(job: JobId): void {
    if (this.#underWay.has(job)) return;
    this.#underWay.add(job);
    this.#cancelUnits(job)
      .catch(this.#ports.onBroken)
      .finally(() => this.#underWay.delete(job));
  }

  async #cancelUnits(job: JobId): Promise<void> {
    for (;;) {
      const page = await this.#nextPage(job);
      if (page.length === 0) break;
      // Refused: the coordinator is stopping, and its next start goes on.
      const isDone = await applyToEach(this.#ports.queue, page, (draft, { index }) => draft.apply({ kind: 'cancel', job, index }));
      if (!isDone) return;
    }
    await ask(this.#ports.queue, {
      units: [],
      jobs: [job],
      weight: 1,
      isSheddable: false,
      decide: (draft) => {
        const cancelled = draft.job(job);
        if (cancelled?.endedAt === null) draft.putJob({ ...cancelled, endedAt: draft.now });
      },
    });
  }

  /** Cancelled units leave all lists, so the first page is always the next one. */
  async #nextPage(job: JobId): Promise<readonly WorkUnit[]> {
    const { store, limits } = this.#ports;
    const unsettled = await store.unsettledUnits(job, -1, limits.pageUnits);
    if (unsettled.length > 0) return unsettled;
    const ready = await store.readyUnits(job, -1, limits.pageUnits);
    return ready.length > 0 ? ready : store.provisionalUnits(job, -1, limits.pageUnits);
  }
}
