/** A unit's part in its job's counts. */
import type { JobCounts } from './job.ts';
import type { CountsDelta } from './transition.ts';
import type { WorkUnit } from './work-unit.ts';

export type UnitPhase = keyof Pick<JobCounts, 'running' | 'verifying' | 'idle' | 'provisional' | 'final' | 'failed' | 'cancelled'>;

/** null: nobody was ever given this unit; it has no row and counts nowhere. */
export function phaseOf(unit: WorkUnit): UnitPhase | null {
  const { kind } = unit.state;
  if (kind !== 'open' && kind !== 'verifying') return kind;
  if (unit.revision === 0 && unit.replicas.every((replica) => replica.kind === 'ready')) return null;
  let phase: UnitPhase = 'idle';
  for (const replica of unit.replicas) {
    if (replica.kind === 'leased') return 'running';
    if (replica.kind === 'returned' || replica.kind === 'judged') phase = 'verifying';
  }
  return phase;
}

export const isRefereed = ({ truth }: WorkUnit): boolean => truth !== undefined;

/** `delta` and the move from one phase to the other. */
export function withPhaseMove(delta: CountsDelta, before: WorkUnit, after: WorkUnit): CountsDelta {
  if (before === after) return delta;
  const from = phaseOf(before);
  const to = phaseOf(after);
  if (from === to) return delta;
  const moved: { -readonly [Phase in keyof CountsDelta]: CountsDelta[Phase] } = { ...delta };
  if (from !== null) moved[from] = -1;
  if (to !== null) moved[to] = 1;
  return moved;
}
