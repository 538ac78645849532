/**
 * What one host is given in one batch: jobs in the board's order, of each job first the units with ready replicas,
 * then fresh ones in strict order of index. A fresh unit may be given to any host, so the first one is never passed over.
 */

import { leaseSpeed } from '../domain/credit.ts';
import { isEligible } from '../domain/eligibility.ts';
import { allot } from '../domain/matching.ts';
import type { LeaseTerms } from '../domain/unit-command.ts';
import type { WorkUnit } from '../domain/work-unit.ts';
import type { Entropy } from '../ports/entropy.ts';
import { isKnown } from './canaries.ts';
import type { Draft } from './draft.ts';
import type { Eater, GivenLease } from './eater.ts';
import type { JobBoard, JobEntry } from './job-board.ts';
import type { Offer } from './ready-window.ts';

/** Ready replicas are the last ones: the first of them is always the next to be leased. */
export const hasReady = ({ state, replicas }: WorkUnit): boolean =>
  (state.kind === 'open' || state.kind === 'provisional') && replicas.at(-1)?.kind === 'ready';

export class Portion {
  readonly eater: Eater;
  readonly leases: GivenLease[] = [];
  /** It was kept from work of some job by what it earned there; when that ends, epoch milliseconds (null: never). undefined: it was not. */
  suspendedUntil: number | null | undefined;
  readonly #draft: Draft;
  readonly #entropy: Pick<Entropy, 'leaseId' | 'random'>;
  #want: number;

  constructor(eater: Eater, want: number, draft: Draft, entropy: Pick<Entropy, 'leaseId' | 'random'>) {
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
      this.#takeFrom(entry, board);
      if (entry.verify.kind === 'confidence') this.#mixFrom(before);
      board.serve(entry, this.leases.length - before);
    }
  }

  /** Those that check a host are taken first, and must not stand first (I21). */
  #mixFrom(first: number): void {
    for (let at = this.leases.length - 1; at > first; at--) {
      const other = first + Math.floor(this.#entropy.random() * (at - first + 1));
      [this.leases[at], this.leases[other]] = [this.leases[other] as GivenLease, this.leases[at] as GivenLease];
    }
  }

  #takeFrom(entry: JobEntry, board: JobBoard): void {
    const { host, account } = this.eater;
    const held = this.eater.held(board.jobsOf(entry.task)) + this.leases.filter(({ job }) => board.get(job)?.task === entry.task).length;
    const { hosts, now } = this.#draft;
    const allotment = allot(hosts.standingFor(entry.task, host, account), held, hosts.conduct(entry.task, host), entry.verify, now);
    if (allotment.kind === 'suspended') {
      this.suspendedUntil = allotment.until;
      return;
    }
    const isNewcomer = allotment.kind === 'newcomer';
    const most = Math.min(this.#want, allotment.most);
    const open = Math.min(most, allotment.open);
    const known = isNewcomer ? this.#takeKnown(entry, most) : 0;
    const ready = this.#takeReady(entry, (isNewcomer ? open : most) - known, isNewcomer);
    this.#takeFresh(entry, open - known - ready);
  }

  /** Returns how many were taken; so does #takeReady. */
  #takeKnown(entry: JobEntry, most: number): number {
    let taken = 0;
    if (most === 0 || entry.canaries.size === 0) return 0;
    for (const known of entry.canaries.from(this.#entropy.random())) {
      if (taken === most) break;
      const { unit } = this.#draft.adopt(known);
      if (!isKnown(unit)) continue;
      const given = this.#lease(entry);
      const kind = unit.state.kind === 'final' ? 'issue-canary' : 'issue-lease';
      if (this.#draft.apply({ kind, job: unit.job, index: unit.index, ...given }).kind !== 'issued') continue;
      this.#add(entry, { index: unit.index, lease: given.lease });
      taken++;
    }
    return taken;
  }

  #takeReady(entry: JobEntry, most: number, isNewcomer: boolean): number {
    if (most <= 0 || entry.window.size === 0) return 0;
    return entry.window.take(this.eater, most, (known) => this.#consider(known, entry, isNewcomer));
  }

  #consider(known: WorkUnit, entry: JobEntry, isNewcomer: boolean): Offer {
    const { base, unit } = this.#draft.adopt(known);
    if (!hasReady(base)) return 'gone';
    const { host, account, engine } = this.eater;
    if (!isEligible(unit, { host, account, ...(entry.isAlike && { engine }) }, entry.verify)) return 'ineligible';
    // A newcomer's word checks nobody's; later it may.
    if (!hasReady(unit) || (isNewcomer && unit.state.kind === 'provisional')) return 'taken';
    const given = this.#lease(entry);
    this.#draft.apply({ kind: 'issue-lease', job: unit.job, index: unit.index, ...given });
    this.#add(entry, { index: unit.index, lease: given.lease });
    return 'issued';
  }

  #takeFresh(entry: JobEntry, most: number): void {
    for (let left = Math.min(most, this.#draft.freshUnits(entry.id)); left > 0; left--) {
      const given = this.#lease(entry);
      this.#add(entry, { index: this.#draft.issueFresh(entry.id, given), lease: given.lease });
    }
  }

  #lease({ leaseMs, isAlike }: JobEntry): LeaseTerms {
    const { host, account, engine, holding } = this.eater;
    const speed = leaseSpeed(this.eater, holding + this.leases.length + 1);
    const lease = this.#entropy.leaseId();
    return { lease, host, account, deadlineAt: this.#draft.now + leaseMs, speed, ...(isAlike && { engine }) };
  }

  #add({ id, leaseMs }: JobEntry, { index, lease }: Pick<GivenLease, 'index' | 'lease'>): void {
    this.leases.push({ job: id, index, lease, leaseMs, deadlineAt: this.#draft.now + leaseMs });
    this.#want--;
  }
}
