/**
 * The tail of a job: a few units in slow hands, and hosts with nothing to do. A unit is worth a second replica when a host that is free is expected
 * to bring it back well before the one that has it. What is expected of a host is its usual turnaround in this job; of one that is late already,
 * that it takes as long again as it took so far.
 */
import type { HostId } from '@manyhands/protocol';
import type { LeasedReplica, WorkUnit } from './work-unit.ts';

/** Usual turnaround of a host in the job, from lease to result, milliseconds; null: it has not returned anything yet. */
export type PaceOf = (host: HostId) => number | null;

/** Twice as fast, or it is not worth computing again. */
const WORTH = 2;

/** Units to duplicate, the one expected last first; at most one for each host that is free. */
export function stragglersOf(units: readonly WorkUnit[], free: readonly HostId[], paceOf: PaceOf, now: number): readonly WorkUnit[] {
  const paces = free.map(paceOf).filter((pace) => pace !== null);
  paces.sort((a, b) => a - b);
  const late = units
    .flatMap((unit) => {
      const lease = loneLease(unit);
      return lease === null ? [] : [{ unit, leftMs: leftMs(lease, paceOf(lease.host), now) }];
    })
    .sort((a, b) => b.leftMs - a.leftMs || a.unit.index - b.unit.index);
  const picked: WorkUnit[] = [];
  for (const { unit, leftMs: left } of late) {
    const pace = paces[picked.length];
    if (pace === undefined || left < WORTH * pace) break;
    picked.push(unit);
  }
  return picked;
}

/** null: nobody has it, or more than one does. */
function loneLease({ state, replicas }: WorkUnit): LeasedReplica | null {
  const outstanding = replicas.filter(({ kind }) => kind === 'leased' || kind === 'ready');
  const [only] = outstanding;
  return state.kind === 'open' && outstanding.length === 1 && only?.kind === 'leased' ? only : null;
}

function leftMs({ leasedAt }: LeasedReplica, pace: number | null, now: number): number {
  const elapsed = now - leasedAt;
  return pace !== null && elapsed < pace ? pace - elapsed : elapsed;
}
