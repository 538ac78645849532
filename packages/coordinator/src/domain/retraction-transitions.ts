/**
 * The one way out of `final` (I9): a verdict that ground truth speaks against is taken back, and the unit is decided again. Under `confidence`
 * alone: under the other policies the votes, or the author's check, are all the truth there is.
 *
 *   final ── the referee computed another answer ──────────▶ final with the right one, or open: only the truth is waited for
 *   final ── everybody it rests on was convicted since ────▶ open (I19)
 *
 * What was final, from when to when, on what grounds and why not any more stays with the unit for ever.
 */
import type { Digest } from '@manyhands/protocol';
import { agrees } from './comparison.ts';
import { withSettlement } from './lease-transitions.ts';
import { settle } from './settlement.ts';
import { type Transition, type TransitionContext, toTransition } from './transition.ts';
import { endOf } from './unit-end.ts';
import { takeBack } from './weighing.ts';
import { type Grounds, isCanary, type JudgedReplica, type Replica, type Retraction, type UnitState, type WorkUnit } from './work-unit.ts';

type Final = Extract<UnitState, { kind: 'final' }>;
type Odds = Extract<Grounds, { kind: 'odds' }>;

const REVIEW = { kind: 'review' } as const;
const TAKEN_BACK = { retracted: 1 };

/** `unit.truth` is another answer than the final one. `told`: what follows for those whom the verdict did not believe. */
export function retractRefuted(unit: WorkUnit, context: TransitionContext, told: Pick<Transition, 'hostEvents' | 'effects'>): Transition {
  const open = reopen(unit, 'refuted', context);
  const replicas = open.replicas.map((replica) => (isWronged(replica, unit, context) ? unjudged(replica) : replica));
  return withSettlement({ kind: 'done' }, settle({ ...open, replicas }, context, REVIEW), { ...told, countsDelta: TAKEN_BACK });
}

/** It rests on the word of hosts that were all convicted since; and nobody has asked for the truth, which would decide. */
export function retract(unit: WorkUnit, context: TransitionContext): Transition {
  const { state } = unit;
  const isByOdds = state.kind === 'final' && state.grounds?.kind === 'odds' && unit.truth === undefined;
  const fallen = isByOdds ? fallenOf(unit, state.grounds as Odds, context) : null;
  if (fallen === null) return toTransition(unit, { kind: 'ignored' });
  const open = reopen(unit, 'convicted', context);
  const replicas = open.replicas.map((replica) => fallen.find(({ no }) => no === replica.no) ?? replica);
  return withSettlement({ kind: 'done' }, settle({ ...open, replicas }, context, REVIEW), {
    postings: fallen.flatMap(({ no }) => takeBack(unit, unit.replicas[no] as JudgedReplica, context)),
    countsDelta: TAKEN_BACK,
  });
}

/** The members of the verdict, struck; null: somebody's word still stands for the answer. */
function fallenOf({ replicas }: WorkUnit, { members }: Odds, { trust }: TransitionContext): JudgedReplica[] | null {
  const believed = replicas.filter((replica): replica is JudgedReplica => replica.kind === 'judged' && replica.valid);
  const claimOf = ({ no }: JudgedReplica) => members.find((member) => member.no === no)?.checks;
  // Who had passed no check when it was believed can only be told by whether its word counts now.
  const stands = (vote: JudgedReplica): boolean => {
    const claim = claimOf(vote) ?? 0;
    return claim > 0
      ? trust.hasStill(vote.host, claim)
      : trust.checksOf(vote.host) !== null && (claimOf(vote) === 0 || trust.hasStill(vote.host, 1));
  };
  if (believed.some(stands)) return null;
  return believed.filter((vote) => claimOf(vote) !== undefined).map((vote) => ({ ...vote, valid: false }));
}

function reopen(unit: WorkUnit, reason: Retraction['reason'], context: TransitionContext): WorkUnit {
  const { digest, at: finalAt, grounds } = unit.state as Final;
  const canaries = unit.replicas.filter((replica) => isCanary(unit, replica)).map(({ no }) => no);
  const retraction: Retraction = { reason, digest, finalAt, at: endOf(unit, context), grounds: grounds as Grounds, canaries };
  return { ...unit, state: { kind: 'open' }, retractions: [...(unit.retractions ?? []), retraction] };
}

/** Judged wrong by the answer that was final, and right. What was credited once, and struck with its host, is not heard again (I22). */
const isWronged = (replica: Replica, unit: WorkUnit, { verify }: TransitionContext): boolean =>
  replica.kind === 'judged' &&
  !replica.valid &&
  replica.credited === undefined &&
  agrees(unit, replica.digest, unit.truth as Digest, verify) === true;

function unjudged(replica: Replica): Replica {
  const { valid: _, isChecked: __, ...returned } = replica as JudgedReplica;
  return { ...returned, kind: 'returned' };
}
