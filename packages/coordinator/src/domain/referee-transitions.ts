/** What the coordinator's own runner computed: ground truth, whatever the votes say. */
import type { Comparison } from './agreement.ts';
import { agrees } from './comparison.ts';
import { withSettlement } from './lease-transitions.ts';
import { settle } from './settlement.ts';
import { type Transition, type TransitionContext, toTransition } from './transition.ts';
import type { CommandOf } from './unit-command.ts';
import { fail, toBacktrack, toEvent } from './unit-end.ts';
import { hasEnded, type JudgedReplica, type WorkUnit } from './work-unit.ts';

export function recordTruth(unit: WorkUnit, command: CommandOf<'record-truth'>, context: TransitionContext): Transition {
  const isAgain = typeof unit.truth === 'string' && unit.state.kind === 'verifying';
  if (unit.truth !== null && !isAgain) return toTransition(unit, { kind: 'ignored' });
  const known = withTruth(unit, command);
  if (unit.state.kind === 'final') return settleDispute(known, context);
  if (hasEnded(unit)) return toTransition(known, { kind: 'done' });
  return withSettlement({ kind: 'done' }, settle({ ...known, state: { kind: 'open' } }, context, { kind: 'review' }), {});
}

/** Computed again, it keeps the name it was given first. */
function withTruth(unit: WorkUnit, { digest, comparisons = [] }: CommandOf<'record-truth'>): WorkUnit {
  const truth = unit.truth ?? digest;
  if (comparisons.length === 0) return { ...unit, truth };
  const found = comparisons.map(([, answer, agree]): Comparison => [truth, answer, agree]);
  return { ...unit, truth, comparisons: [...(unit.comparisons ?? []), ...found] };
}

/**
 * It was final, and a host whose word counts differed. Who differed from the truth is convicted, also where the verdict is what differs: that
 * stands all the same (I8).
 */
function settleDispute(unit: WorkUnit, context: TransitionContext): Transition {
  const { truth } = unit;
  const counted = unit.replicas.filter(
    (replica): replica is JudgedReplica => replica.kind === 'judged' && context.trust.checksOf(replica.host) !== null,
  );
  const isRight = ({ digest }: JudgedReplica) => typeof truth === 'string' && agrees(unit, digest, truth, context.verify);
  const wrong = counted.filter((replica) => isRight(replica) === false);
  const right = counted.filter((replica) => !replica.valid && isRight(replica) === true);
  return toTransition(
    unit,
    { kind: 'done' },
    {
      hostEvents: [
        ...wrong.map((replica) => toEvent(unit, replica, 'convicted')),
        ...right.map((replica) => toEvent(unit, replica, 'passed')),
      ],
      effects: wrong.map((replica) => toBacktrack(unit, replica)),
    },
  );
}

/** Without ground truth nobody can say which of the answers is right. A unit that is final already stays so. */
export function failReferee(unit: WorkUnit, { message }: CommandOf<'fail-referee'>, context: TransitionContext): Transition {
  if (unit.truth !== null || hasEnded(unit)) return toTransition(unit, { kind: 'ignored' });
  return withSettlement({ kind: 'done' }, fail(unit, 'no-consensus', message, context.now), {});
}
