/** What must hold between a unit and what it was before. */
import { unitIdOf } from '@manyhands/protocol';
import type { Violation } from './invariants.ts';
import { hasEnded, type Replica, type WorkUnit } from './work-unit.ts';

export function historyViolations(before: WorkUnit, after: WorkUnit): Violation[] {
  const subject = unitIdOf(after.job, after.index);
  const found: Violation[] = [];
  if (hasEnded(before) && JSON.stringify(before.state) !== JSON.stringify(after.state))
    found.push({ rule: 'I9', subject, message: `it was ${before.state.kind} and became something else` });
  if (!before.replicas.every((replica, at) => mayBecome(replica, after.replicas[at], after)))
    found.push({ rule: 'I10', subject, message: 'a replica changed hands or came back from the dead' });
  return found;
}

/** The kinds a replica may turn into, itself apart. */
const NEXT: Readonly<Record<Replica['kind'], readonly Replica['kind'][]>> = {
  ready: ['leased', 'returned', 'judged', 'lost'],
  leased: ['returned', 'judged', 'lost'],
  returned: ['judged'],
  judged: [],
  lost: [],
};

function mayBecome(before: Replica, after: Replica | undefined, unit: WorkUnit): boolean {
  // What is ready is not needed any more once an answer is believed, be it for now.
  if (after === undefined) return before.kind === 'ready' && (hasEnded(unit) || unit.state.kind === 'provisional');
  if (before.kind !== after.kind && !NEXT[before.kind].includes(after.kind)) return false;
  return before.kind === 'ready' || (after.kind !== 'ready' && after.lease === before.lease && after.host === before.host);
}
