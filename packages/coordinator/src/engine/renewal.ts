/** `renew`: a lease that has time left simply stands; only what is due is written (domain/lease.ts). */
import type { LeaseId, LeaseRef } from '@manyhands/protocol';
import { isRenewalDue } from '../domain/lease.ts';
import type { Clock } from '../ports/clock.ts';
import { ask } from './ask.ts';
import type { CommitQueue } from './commit-queue.ts';
import type { HeldLease, WorkerSession } from './worker-session.ts';

export interface RenewalPorts {
  readonly queue: Pick<CommitQueue, 'propose'>;
  readonly clock: Pick<Clock, 'now'>;
}

export async function renewLeases(session: WorkerSession, leases: readonly LeaseRef[], ports: RenewalPorts): Promise<void> {
  const now = ports.clock.now();
  const held = leases.filter(({ lease }) => session.book.has(lease));
  const due = held.filter(({ lease }) =>
    isRenewalDue({ ...(session.book.get(lease) as HeldLease), heartbeatMs: session.heartbeatMs }, now),
  );
  if (due.length > 0) await writeRenewals(session, due, ports);
  // If they could not be written now, they stand until the deadline they have: the next heartbeat tries again.
  answer(session, leases, ports.clock.now());
}

async function writeRenewals(session: WorkerSession, due: readonly LeaseRef[], ports: RenewalPorts): Promise<void> {
  await ask(ports.queue, {
    units: due,
    jobs: [],
    weight: due.length,
    isSheddable: true,
    decide: (draft) =>
      due.map(({ job, index, lease }) => {
        const leaseMs = session.book.get(lease)?.leaseMs ?? 0;
        return draft.apply({ kind: 'renew-lease', job, index, lease, host: session.host, deadlineAt: draft.now + leaseMs });
      }),
    speak: (outcomes) => {
      for (const [i, { lease }] of due.entries()) {
        const outcome = outcomes[i];
        if (outcome?.kind === 'renewed') moveDeadline(session, lease, outcome.deadlineAt);
        else session.book.delete(lease);
      }
    },
  });
}

function moveDeadline(session: WorkerSession, lease: LeaseId, deadlineAt: number): void {
  const held = session.book.get(lease);
  if (held !== undefined) held.deadlineAt = deadlineAt;
}

function answer(session: WorkerSession, leases: readonly LeaseRef[], now: number): void {
  const standing: { lease: LeaseId; leaseMs: number }[] = [];
  const ended: LeaseId[] = [];
  for (const { lease } of leases) {
    const held = session.book.get(lease);
    if (held === undefined) ended.push(lease);
    else standing.push({ lease, leaseMs: Math.max(0, Math.floor(held.deadlineAt - now)) });
  }
  session.send({ type: 'renewed', leases: standing, ended });
}
