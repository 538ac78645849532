/** What becomes of an answer that is only provisionally believed: checked once more, made final, or struck. */
import { withSettlement } from './lease-transitions.ts';
import { wrongOdds } from './odds.ts';
import { settle } from './settlement.ts';
import { type Transition, type TransitionContext, toTransition } from './transition.ts';
import type { CommandOf } from './unit-command.ts';
import { callReferee, takeBack } from './weighing.ts';
import { type Weight, weightsOf } from './weights.ts';
import { hasEnded, type JudgedReplica, readyReplicas, type WorkUnit } from './work-unit.ts';

/** One more host is asked; when no replica may be added, or nobody is there to take it, the referee is. */
export function audit(unit: WorkUnit, { by }: CommandOf<'audit'>, context: TransitionContext): Transition {
  const isLeased = unit.replicas.some(({ kind }) => kind === 'leased');
  const isReady = unit.replicas.some(({ kind }) => kind === 'ready');
  const isAnswered =
    unit.state.kind === 'provisional' || (by === 'referee' && unit.state.kind === 'open' && unit.replicas.some(isStanding));
  if (!isAnswered || isLeased || (isReady && by === undefined)) return toTransition(unit, { kind: 'ignored' });
  if (by === 'referee' || unit.replicas.length >= context.maxReplicas) return withSettlement({ kind: 'done' }, callReferee(unit), {});
  return toTransition({ ...unit, replicas: [...unit.replicas, ...readyReplicas(unit.replicas.length, 1)] }, { kind: 'done' });
}

/** Whose word counts has changed. */
export function review(unit: WorkUnit, context: TransitionContext): Transition {
  if (unit.state.kind !== 'open' || context.verify.kind !== 'confidence') return toTransition(unit, { kind: 'ignored' });
  return withSettlement({ kind: 'done' }, settle(unit, context, { kind: 'review' }), {});
}

/** The whole job was audited. Ignored where the odds do not suffice all the same: a host was convicted meanwhile. */
export function confirm(unit: WorkUnit, context: TransitionContext): Transition {
  const believed = beliefIn(unit, context);
  const { verify, trust } = context;
  if (believed === null || verify.kind !== 'confidence' || oddsOf(believed, trust.phi) * verify.wrongIn > 1)
    return toTransition(unit, { kind: 'ignored' });
  return withSettlement({ kind: 'done' }, settle(unit, context, { kind: 'confirmation' }), {});
}

/** The answer a provisional unit stands for and whose word it is; null: it stands for none. */
export function beliefIn(unit: WorkUnit, context: Pick<TransitionContext, 'verify' | 'trust'>): Weight | null {
  const { state } = unit;
  if (state.kind !== 'provisional') return null;
  return weightsOf(unit, context).find(({ digest }) => digest === state.digest) ?? null;
}

export const oddsOf = ({ members }: Weight, phi: number): number =>
  wrongOdds(
    phi,
    members.map(({ checks }) => checks),
  );

/** Its host was convicted on another unit: here its answer counts no more, and what it was credited is taken back (I19). */
export function strike(unit: WorkUnit, { host }: CommandOf<'strike'>, context: TransitionContext): Transition {
  const vote = unit.replicas.find((replica) => replica.kind !== 'ready' && replica.host === host && isStanding(replica));
  if (hasEnded(unit) || (vote?.kind !== 'returned' && vote?.kind !== 'judged')) return toTransition(unit, { kind: 'ignored' });
  const struck: JudgedReplica = { ...vote, kind: 'judged', valid: false };
  const without: WorkUnit = { ...unit, replicas: unit.replicas.with(vote.no, struck) };
  return withSettlement({ kind: 'done' }, settle(without, context, { kind: 'review' }), { postings: takeBack(unit, vote, context) });
}

const isStanding = (replica: WorkUnit['replicas'][number]): boolean =>
  replica.kind === 'returned' || (replica.kind === 'judged' && replica.valid);
