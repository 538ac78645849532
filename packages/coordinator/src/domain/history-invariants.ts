/** What must hold between a unit and what it was before. */
import { unitIdOf } from '@manyhands/protocol';
import type { Violation } from './invariants.ts';
import { hasEnded, type Replica, type Retraction, type WorkUnit } from './work-unit.ts';

export function historyViolations(before: WorkUnit, after: WorkUnit): Violation[] {
  const subject = unitIdOf(after.job, after.index);
  const found: Violation[] = [];
  const known = before.retractions?.length ?? 0;
  const [taken, ...more] = (after.retractions ?? []).slice(known);
  if (hasEnded(before) && taken === undefined && JSON.stringify(before.state) !== JSON.stringify(after.state))
    found.push({ rule: 'I9', subject, message: `it was ${before.state.kind} and became something else` });
  const isKept = JSON.stringify(before.retractions ?? []) === JSON.stringify((after.retractions ?? []).slice(0, known));
  if (!isKept || more.length > 0 || (taken !== undefined && !isOf(taken, before)))
    found.push({ rule: 'I8', subject, message: 'what it says of answers that were taken back is not what happened' });
  if (!before.replicas.every((replica, at) => mayBecome(replica, after.replicas[at], after, taken !== undefined)))
    found.push({ rule: 'I10', subject, message: 'a replica changed hands or came back from the dead' });
  return found;
}

const isOf = ({ digest, finalAt }: Retraction, { state }: WorkUnit): boolean =>
  state.kind === 'final' && state.digest === digest && state.at === finalAt;

/** The kinds a replica may turn into, itself apart. */
const NEXT: Readonly<Record<Replica['kind'], readonly Replica['kind'][]>> = {
  ready: ['leased', 'returned', 'judged', 'lost'],
  leased: ['returned', 'judged', 'lost'],
  returned: ['judged'],
  judged: [],
  lost: [],
};

function mayBecome(before: Replica, after: Replica | undefined, unit: WorkUnit, isRetracted: boolean): boolean {
  // What is ready is not needed any more once an answer is believed, be it for now.
  if (after === undefined) return before.kind === 'ready' && (hasEnded(unit) || unit.state.kind === 'provisional');
  // Who was judged by an answer that is taken back may be heard again.
  const isHeardAgain = isRetracted && before.kind === 'judged' && after.kind === 'returned';
  if (before.kind !== after.kind && !isHeardAgain && !NEXT[before.kind].includes(after.kind)) return false;
  return before.kind === 'ready' || (after.kind !== 'ready' && after.lease === before.lease && after.host === before.host);
}
