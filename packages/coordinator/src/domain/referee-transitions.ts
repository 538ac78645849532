/** What the coordinator's own runner computed: ground truth, whatever the votes say. */
import type { Digest } from '@manyhands/protocol';
import type { Comparison } from './agreement.ts';
import { agrees } from './comparison.ts';
import { withSettlement } from './lease-transitions.ts';
import { retractRefuted } from './retraction-transitions.ts';
import { settle } from './settlement.ts';
import { type Transition, type TransitionContext, toTransition } from './transition.ts';
import type { CommandOf } from './unit-command.ts';
import { fail, toBacktrack, toEvent } from './unit-end.ts';
import { hasEnded, type JudgedReplica, type Replica, type WorkUnit } from './work-unit.ts';

export function recordTruth(unit: WorkUnit, command: CommandOf<'record-truth'>, context: TransitionContext): Transition {
  if (unit.truth !== null && !isAskedAgain(unit)) return toTransition(unit, { kind: 'ignored' });
  const known = withTruth(unit, command);
  if (unit.state.kind === 'final') return settleDispute(known, unit.state, context);
  if (hasEnded(unit)) return toTransition(known, { kind: 'done' });
  return withSettlement({ kind: 'done' }, settle({ ...known, state: { kind: 'open' } }, context, { kind: 'review' }), {});
}

/** An answer came since the truth is known, and must be compared with it. */
const isAskedAgain = ({ truth, state }: WorkUnit): boolean => typeof truth === 'string' && state.kind === 'verifying';

/** Computed again, it keeps the name it was given first. */
function withTruth(unit: WorkUnit, { digest, comparisons = [] }: CommandOf<'record-truth'>): WorkUnit {
  const truth = unit.truth ?? digest;
  if (comparisons.length === 0) return { ...unit, truth };
  const found = comparisons.map(([, answer, agree]): Comparison => [truth, answer, agree]);
  return { ...unit, truth, comparisons: [...(unit.comparisons ?? []), ...found] };
}

/**
 * It was final, and somebody spoke against it. Whose word counts and who differed from the truth is convicted, whenever it came. Where it is the
 * verdict that differs, that is taken back, and whoever it believed is judged anew with the unit.
 */
function settleDispute(unit: WorkUnit, { digest }: FinalState, context: TransitionContext): Transition {
  const isTrue = (said: Digest): boolean | null => agrees(unit, said, unit.truth as Digest, context.verify);
  const isRefuted = isTrue(digest) === false;
  const isTold = (replica: Replica): replica is Word =>
    isWord(replica) && context.trust.checksOf(replica.host) !== null && !(isRefuted && replica.kind === 'judged' && replica.valid);
  const words = unit.replicas.filter(isTold);
  const wrong = words.filter((word) => isTrue(digestOf(word)) === false);
  const right = isRefuted ? [] : words.filter((word) => word.kind === 'judged' && !word.valid && isTrue(word.digest) === true);
  const told = {
    hostEvents: [...wrong.map((word) => toEvent(unit, word, 'convicted')), ...right.map((word) => toEvent(unit, word, 'passed'))],
    effects: wrong.map((word) => toBacktrack(unit, word)),
  };
  return isRefuted ? retractRefuted(unit, context, told) : toTransition(unit, { kind: 'done' }, told);
}

type FinalState = Extract<WorkUnit['state'], { kind: 'final' }>;
type LateWord = Extract<Replica, { kind: 'lost' }> & { readonly lateDigest: Digest };
/** What was judged, or came too late to be. */
type Word = JudgedReplica | LateWord;

const isWord = (replica: Replica): replica is Word =>
  replica.kind === 'judged' || (replica.kind === 'lost' && replica.lateDigest !== undefined);
const digestOf = (word: Word): Digest => (word.kind === 'judged' ? word.digest : word.lateDigest);

/**
 * Without ground truth nobody can say which of the answers is right; where it is known and cannot be computed again, whether one that came since
 * agrees with it. A unit that is final already stays so.
 */
export function failReferee(unit: WorkUnit, { message }: CommandOf<'fail-referee'>, context: TransitionContext): Transition {
  const isAgain = isAskedAgain(unit);
  if ((unit.truth !== null && !isAgain) || hasEnded(unit)) return toTransition(unit, { kind: 'ignored' });
  return withSettlement({ kind: 'done' }, fail(unit, isAgain ? 'thrown' : 'no-consensus', message, context.now), {});
}
