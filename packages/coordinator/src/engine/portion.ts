/**
 * What one host is given in one batch: jobs in the board's order, of each job first the units with ready replicas,
 * then fresh ones in strict order of index. A fresh unit may be given to any host, so the first one is never passed over.
 */
import { isEligible } from '../domain/eligibility.ts';
import type { WorkUnit } from '../domain/work-unit.ts';
import type { Entropy } from '../ports/entropy.ts';
import type { Draft } from './draft.ts';
import type { Eater, GivenLease } from './eater.ts';
import type { JobBoard, JobEntry } from './job-board.ts';
import type { Offer } from './ready-window.ts';

/** Ready replicas are the last ones: the first of them is always the next to be leased. */
export const hasReady = ({ state, replicas }: WorkUnit): boolean => state.kind === 'open' && replicas.at(-1)?.kind === 'ready';

export class Portion {
  readonly eater: Eater;
  readonly leases: GivenLease[] = [];
  readonly #draft: Draft;
  readonly #entropy: Pick<Entropy, 'leaseId'>;
  #want: number;

  constructor(eater: Eater, want: number, draft: Draft, entropy: Pick<Entropy, 'leaseId'>) {
    this.eater = eater;
    this.#want = want;
    this.#draft = draft;
    this.#entropy = entropy;
  }

  fillFrom(board: JobBoard): void {
    for (const entry of board.inOrder) {
      if (this.#want === 0) return;
      // Cancelled in this very batch (I36).
      if (this.#draft.job(entry.id)?.state === 'cancelled') continue;
      const before = this.leases.length;
      this.#takeReady(entry);
      this.#takeFresh(entry);
      board.serve(entry, this.leases.length - before);
    }
  }

  #takeReady(entry: JobEntry): void {
    if (entry.window.size > 0) entry.window.take(this.eater, this.#want, (known) => this.#consider(known, entry));
  }

  #consider(known: WorkUnit, entry: JobEntry): Offer {
    const { base, unit } = this.#draft.adopt(known);
    if (!hasReady(base)) return 'gone';
    if (!isEligible(unit, this.eater, entry.verify)) return 'ineligible';
    if (!hasReady(unit)) return 'taken';
    const { host, account } = this.eater;
    const { job, index } = unit;
    const lease = this.#entropy.leaseId();
    this.#draft.apply({ kind: 'issue-lease', job, index, lease, host, account, deadlineAt: this.#draft.now + entry.leaseMs });
    this.#add(entry, { index, lease });
    return 'issued';
  }

  #takeFresh(entry: JobEntry): void {
    const { host, account } = this.eater;
    for (let left = Math.min(this.#want, this.#draft.freshUnits(entry.id)); left > 0; left--) {
      const lease = this.#entropy.leaseId();
      const index = this.#draft.issueFresh(entry.id, { lease, host, account });
      this.#add(entry, { index, lease });
    }
  }

  #add({ id, leaseMs }: JobEntry, { index, lease }: Pick<GivenLease, 'index' | 'lease'>): void {
    this.leases.push({ job: id, index, lease, leaseMs, deadlineAt: this.#draft.now + leaseMs });
    this.#want--;
  }
}
