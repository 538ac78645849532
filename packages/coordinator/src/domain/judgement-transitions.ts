/** What a proof check said, or that it could not say anything. */
import { withSettlement } from './lease-transitions.ts';
import { settle } from './settlement.ts';
import type { HostEvent } from './standing.ts';
import { type Transition, type TransitionContext, toTransition } from './transition.ts';
import type { CommandOf } from './unit-command.ts';
import { fail, finalize, toEvent } from './unit-end.ts';
import type { JudgedReplica, Replica, WorkUnit } from './work-unit.ts';

type ReturnedReplica = Extract<Replica, { kind: 'returned' }>;

export function judgeResult(unit: WorkUnit, command: CommandOf<'judge-result'>, context: TransitionContext): Transition {
  const at = awaitedAt(unit, command.no);
  if (at === -1) return toTransition(unit, { kind: 'ignored' });
  const replica = unit.replicas[at] as ReturnedReplica;
  const valid = command.verdict === 'valid';
  // Back to open: another result may wait for its own check.
  const replicas = unit.replicas.with(at, { ...replica, kind: 'judged', valid });
  const judged: WorkUnit = { ...unit, state: { kind: 'open' }, replicas };
  const settlement = valid ? finalize(judged, replica.digest, context) : settle(judged, context, { kind: 'review' });
  // One that passes is told with the end of the unit.
  return withSettlement({ kind: 'done' }, settlement, { hostEvents: valid ? [] : blame(unit, replica) });
}

/** A check that fails is held against the host, until another account fails it on the unit too: then it is the unit's fault, or the check's. */
function blame(unit: WorkUnit, replica: ReturnedReplica): HostEvent[] {
  const before = unit.replicas.filter((other) => other.kind === 'judged' && !other.valid) as JudgedReplica[];
  if (before.length === 0) return [toEvent(unit, replica, 'failed')];
  return before.length === 1 ? [toEvent(unit, before[0] as JudgedReplica, 'absolved')] : [];
}

/** The check itself is broken: no verdict on the host, and no use in asking another one. */
export function failCheck(unit: WorkUnit, command: CommandOf<'fail-check'>, context: TransitionContext): Transition {
  if (awaitedAt(unit, command.no) === -1) return toTransition(unit, { kind: 'ignored' });
  return withSettlement({ kind: 'done' }, fail(unit, 'thrown', command.message, context.now), {});
}

/** −1: no check of this result is awaited. */
const awaitedAt = (unit: WorkUnit, no: number): number =>
  unit.state.kind === 'verifying' ? unit.replicas.findIndex((replica) => replica.kind === 'returned' && replica.no === no) : -1;
