/** What stores index about a unit, so that every store means the same by it. */
import type { LeasedReplica, WorkUnit } from '../domain/work-unit.ts';

export const liveLeasesOf = (unit: WorkUnit): LeasedReplica[] => unit.replicas.filter((replica) => replica.kind === 'leased');

/** Whoever asks for work may be given a replica of it, of a provisional one for its audit. The others have ended, or wait for a judgement. */
const isInHand = ({ state }: WorkUnit): boolean => state.kind === 'open' || state.kind === 'provisional';

/** Replicas that may be handed out. */
export const readyReplicas = (unit: WorkUnit): number =>
  isInHand(unit) ? unit.replicas.filter((replica) => replica.kind === 'ready').length : 0;

/** null: no live lease. */
export function earliestDeadline(unit: WorkUnit): number | null {
  let earliest: number | null = null;
  for (const replica of unit.replicas)
    if (replica.kind === 'leased' && (earliest === null || replica.deadlineAt < earliest)) earliest = replica.deadlineAt;
  return earliest;
}

export const isUnsettled = (unit: WorkUnit): boolean =>
  unit.state.kind === 'verifying' || (isInHand(unit) && unit.replicas.some((replica) => replica.kind === 'leased'));

/** The same unit as its next revision, every live lease ending `byMs` later (I34). */
/** ST17: no lease has more left at `aliveAt` than a whole one, of `leaseMs`; who was given theirs after the downtime needs nothing on top, nor what a clock that was set back left them. */
export function extendUnit(unit: WorkUnit, { byMs, aliveAt, leaseMs }: { byMs: number; aliveAt: number; leaseMs: number }): WorkUnit {
  const later = (deadlineAt: number): number => Math.min(deadlineAt + byMs, aliveAt + leaseMs);
  return {
    ...unit,
    revision: unit.revision + 1,
    replicas: unit.replicas.map((replica) => (replica.kind === 'leased' ? { ...replica, deadlineAt: later(replica.deadlineAt) } : replica)),
  };
}
