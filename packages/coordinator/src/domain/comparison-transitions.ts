/** What the author's own comparison said of answers that are not equal, or that it could not say anything. */
import { isCanonical } from './comparison.ts';
import { withSettlement } from './lease-transitions.ts';
import { judgeLate } from './result-transitions.ts';
import { settle } from './settlement.ts';
import { type Transition, type TransitionContext, toTransition } from './transition.ts';
import type { CommandOf } from './unit-command.ts';
import { fail } from './unit-end.ts';
import { hasEnded, type WorkUnit } from './work-unit.ts';

export function recordComparisons(
  unit: WorkUnit,
  { comparisons }: CommandOf<'record-comparisons'>,
  context: TransitionContext,
): Transition {
  const compared: WorkUnit = { ...unit, comparisons: [...(unit.comparisons ?? []), ...comparisons] };
  if (unit.state.kind === 'final') return judgeLateOnes(compared, context);
  if (unit.state.kind !== 'verifying') return toTransition(unit, { kind: 'ignored' });
  return withSettlement({ kind: 'done' }, settle({ ...compared, state: { kind: 'open' } }, context, { kind: 'review' }), {});
}

/** Results that came after the end, in time, and could not be told from wrong ones without being compared (I37). */
function judgeLateOnes(unit: WorkUnit, context: TransitionContext): Transition {
  let judged = toTransition(unit, { kind: 'done' });
  for (const replica of unit.replicas) {
    if (replica.kind !== 'returned') continue;
    const valid = isCanonical(judged.unit, replica.digest, context.verify);
    if (valid === null) continue;
    const one = judgeLate(judged.unit, replica, valid, context);
    judged = {
      ...one,
      effects: [...judged.effects, ...one.effects],
      postings: [...judged.postings, ...one.postings],
      countsDelta: { ...judged.countsDelta, ...one.countsDelta },
      hostEvents: [...judged.hostEvents, ...one.hostEvents],
    };
  }
  return judged;
}

/** No use in asking another host: the comparison would fail again. */
export function failComparison(unit: WorkUnit, { message }: CommandOf<'fail-comparison'>, context: TransitionContext): Transition {
  if (hasEnded(unit) || unit.state.kind !== 'verifying') return toTransition(unit, { kind: 'ignored' });
  return withSettlement({ kind: 'done' }, fail(unit, 'thrown', message, context.now), {});
}
