/**
 * `reconcile`: after a connection the host's leases and ours become the same set (I31). The host names all it holds, in one or more
 * frames; each is looked up as it comes. After the last one, what we do not know of is dropped, what it does not know of is sent again,
 * and only then may it be given new work.
 *
 * Sent again, not released: the frame that told it of the lease may have been lost, and once a lease is over its account is barred from the unit
 * (I11). Where there are no more accounts than the quorum needs, one lost frame would stall the job for good.
 *
 * A lease whose unit is final is neither: the host is told to stop, but a result it has already is still welcome (I37).
 */
import { type HostId, type JobId, type LeaseId, type LeaseRef, LIMITS } from '@manyhands/protocol';
import { isWorthSending } from '../domain/lease.ts';
import { isSuspended } from '../domain/standing.ts';
import { hasEnded, isCanary } from '../domain/work-unit.ts';
import type { Store } from '../ports/store.ts';
import { ask } from './ask.ts';
import type { CommitQueue, RefusalReason } from './commit-queue.ts';
import type { Draft } from './draft.ts';
import type { GivenLease } from './eater.ts';
import type { WorkerSession } from './worker-session.ts';

export interface ReconciliationPorts {
  readonly queue: Pick<CommitQueue, 'propose'>;
  readonly store: Pick<Store, 'liveLeases' | 'loadInputs'>;
}

type Standing = { readonly kind: 'live'; readonly deadlineAt: number; readonly leaseMs: number } | { readonly kind: 'final' | 'gone' };

/** So many ids fit into one `reconciled`. Those beyond are revoked, which says the same. */
const DROPS_PER_FRAME = LIMITS.leasesPerFrame;

export class Reconciliation {
  readonly #session: WorkerSession;
  readonly #ports: ReconciliationPorts;
  /** Live, and known to the host. */
  readonly #known = new Set<LeaseId>();
  readonly #final: LeaseRef[] = [];
  readonly #gone: LeaseRef[] = [];

  constructor(session: WorkerSession, ports: ReconciliationPorts) {
    this.#session = session;
    this.#ports = ports;
  }

  /** null: done. */
  async compare(leases: readonly LeaseRef[], isLast: boolean): Promise<RefusalReason | null> {
    const looked = await ask(this.#ports.queue, {
      units: leases,
      jobs: [],
      weight: leases.length,
      isSheddable: false,
      decide: (draft) => leases.map((ref) => standingOf(ref, this.#session, draft)),
      speak: (standings) => this.#note(leases, standings),
    });
    if (looked.kind === 'refused') return looked.reason;
    return isLast ? this.#finish() : null;
  }

  #note(leases: readonly LeaseRef[], standings: readonly Standing[]): void {
    for (const [i, ref] of leases.entries()) {
      const standing = standings[i] as Standing;
      if (standing.kind === 'gone') this.#gone.push(ref);
      else this.#known.add(ref.lease);
      if (standing.kind === 'final') this.#final.push(ref);
      if (standing.kind === 'live') this.#session.hold(ref, standing.leaseMs, standing.deadlineAt);
    }
  }

  async #finish(): Promise<RefusalReason | null> {
    const live = await this.#ports.store.liveLeases(this.#session.host);
    const unknown = live.filter(({ lease }) => !this.#known.has(lease));
    const settled = await ask(this.#ports.queue, {
      units: unknown,
      jobs: [],
      weight: unknown.length,
      isSheddable: false,
      decide: (draft) => unknown.flatMap((ref) => this.#keepOrRelease(ref, draft) ?? []),
      speak: (kept) => {
        for (const lease of kept) this.#session.hold(lease, lease.leaseMs, lease.deadlineAt);
      },
    });
    if (settled.kind === 'refused') return settled.reason;
    this.#answer();
    await this.#sendAgain(settled.answer);
    return null;
  }

  /** A lease that the host does not know of; null: it is over. */
  #keepOrRelease({ job, index, lease }: LeaseRef, draft: Draft): GivenLease | null {
    const { host, heartbeatMs } = this.#session;
    const standing = standingOf({ job, index, lease }, this.#session, draft);
    if (standing.kind === 'gone') return null;
    if (standing.kind === 'live' && isWorthSending({ ...standing, heartbeatMs }, draft.now) && isWelcome(host, job, draft))
      return { job, index, lease, leaseMs: standing.leaseMs, deadlineAt: standing.deadlineAt };
    draft.giveBack({ job, index, lease, host });
    return null;
  }

  async #sendAgain(leases: readonly GivenLease[]): Promise<void> {
    if (leases.length > 0) this.#session.deliver(leases, await this.#ports.store.loadInputs(leases));
  }

  #answer(): void {
    this.#session.reconciled();
    this.#session.send({ type: 'reconciled', drop: this.#gone.slice(0, DROPS_PER_FRAME).map(({ lease }) => lease) });
    this.#session.revoke(this.#gone.slice(DROPS_PER_FRAME), 'expired');
    this.#session.revoke(this.#final, 'final');
  }
}

function standingOf({ lease, ...ref }: LeaseRef, session: WorkerSession, draft: Draft): Standing {
  const unit = draft.unit(ref);
  const replica = unit?.replicas.find((replica) => replica.kind === 'leased' && replica.lease === lease && replica.host === session.host);
  if (unit === null || replica?.kind !== 'leased') return { kind: 'gone' };
  if (hasEnded(unit) && !isCanary(unit, replica)) return { kind: 'final' };
  return { kind: 'live', deadlineAt: replica.deadlineAt, leaseMs: draft.job(ref.job)?.leaseMs ?? 0 };
}

/** What it would answer counts: its job goes on (I36), and it is not suspended. */
function isWelcome(host: HostId, id: JobId, draft: Draft): boolean {
  const job = draft.job(id);
  if (job === null || job.state === 'cancelled') return false;
  const standing = draft.hosts.standing(job.task, host);
  return standing === undefined || !isSuspended(standing, draft.now);
}
