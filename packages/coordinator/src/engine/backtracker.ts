/**
 * After a conviction: strikes the host's word from every unit of the job that provisionally rests on it (I19), page by page. A crash in the middle leaves
 * units whose host counts no more: their odds no longer suffice, so the audit at the end asks for them again.
 */
import type { HostId } from '@manyhands/protocol';
import type { Backtrack } from '../domain/unit-effect.ts';
import type { WorkUnit } from '../domain/work-unit.ts';
import type { Store } from '../ports/store.ts';
import { applyToEach } from './ask.ts';
import type { CommitQueue } from './commit-queue.ts';
import type { EngineLimits } from './engine-limits.ts';

export interface BacktrackerPorts {
  readonly queue: Pick<CommitQueue, 'propose'>;
  readonly store: Pick<Store, 'provisionalUnits'>;
  readonly limits: Pick<EngineLimits, 'pageUnits'>;
  onBroken(error: unknown): void;
}

export class Backtracker {
  readonly #ports: BacktrackerPorts;
  /** One after the other: several convictions of one host find less and less. */
  #last: Promise<void> = Promise.resolve();

  constructor(ports: BacktrackerPorts) {
    this.#ports = ports;
  }

  add(backtrack: Backtrack): void {
    this.#last = this.#last.then(() => this.#run(backtrack)).catch(this.#ports.onBroken);
  }

  async #run({ job, host }: Backtrack): Promise<void> {
    const { store, limits } = this.#ports;
    let after = -1;
    for (let isLast = false; !isLast; ) {
      const page = await store.provisionalUnits(job, after, limits.pageUnits);
      const resting = page.filter((unit) => restsOn(unit, host));
      const isDone = await applyToEach(this.#ports.queue, resting, (draft, { index }) => draft.apply({ kind: 'strike', job, index, host }));
      if (!isDone) return;
      after = page.at(-1)?.index ?? after;
      isLast = page.length < limits.pageUnits;
    }
  }
}

const restsOn = ({ replicas }: WorkUnit, host: HostId): boolean =>
  replicas.some((replica) => replica.kind === 'judged' && replica.valid && replica.host === host);
