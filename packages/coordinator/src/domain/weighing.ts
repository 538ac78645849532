/**
 * The policy `confidence`: answers are weighed by whose they are. In this order:
 *   ground truth is known → its answer is final, whoever differs failed a check · enough accounts call it fatal, too many errors → failed ·
 *   hosts whose word counts differ → verifying: the referee computes it · the odds of a group suffice → final ·
 *   one host's word, or a group whose odds do not suffice yet → provisional, some with a second replica at once (the audit) ·
 *   only newcomers answered → one more replica, or the referee while the job lacks canaries.
 * Every step looks at the set of votes only, never at the order in which they came (I17).
 */
import type { Digest, VerifyPolicy } from '@manyhands/protocol';
import { wrongOdds } from './odds.ts';
import type { HostEvent } from './standing.ts';
import type { TransitionContext } from './transition.ts';
import type { UnitEffect } from './unit-effect.ts';
import {
  errorsOf,
  fail,
  fatalAccounts,
  finalize,
  judge,
  leasesOf,
  type Occasion,
  postingsFor,
  type Settlement,
  toEvent,
  toSettlement,
} from './unit-end.ts';
import { type Weight, weightsOf } from './weights.ts';
import { type JudgedReplica, type Replica, readyReplicas, type WorkUnit } from './work-unit.ts';

type Confidence = Extract<VerifyPolicy, { kind: 'confidence' }>;

/** Accounts that must call a unit fatal before one is believed: as under a quorum of two. */
const FATAL_ACCOUNTS = 2;

export function weigh(unit: WorkUnit, { wrongIn }: Confidence, context: TransitionContext, occasion: Occasion): Settlement {
  const message = occasion.kind === 'loss' ? occasion.message : '';
  const weights = weightsOf(unit, context.trust);
  const [first, second] = weights;
  if (typeof unit.truth === 'string') return settleByTruth(unit, unit.truth, weights, context);
  if (fatalAccounts(unit) >= FATAL_ACCOUNTS) return fail(unit, 'fatal', message, context.now);
  if (errorsOf(unit) >= context.maxErrors) return fail(unit, 'too-many-errors', message, context.now);
  if (unit.truth === null) return toSettlement({ ...unit, state: { kind: 'verifying' } });
  if (first === undefined) return replicate(unit, context);
  if (first.members.length === 0) return awaitWord(unit, context);
  if (second !== undefined && second.members.length > 0) return callReferee(unit);
  if (second !== undefined && first.members.length === 1) return replicate(unit, context);
  const grounds = { kind: 'odds', phi: context.trust.phi, members: first.members } as const;
  const odds = wrongOdds(
    grounds.phi,
    first.members.map(({ checks }) => checks),
  );
  // One host's word alone is never final before the job is audited as a whole (I19).
  if (first.members.length > 1 && odds * wrongIn <= 1)
    return conclude(unit, first, context, (judged) => finalize(judged, first.digest, context, grounds));
  return conclude(unit, first, context, (judged) => toSettlement(toProvisional(judged, first, context, occasion)));
}

/**
 * Believed for now. An answer is audited at once by lot; an audit that was lost is made again. What is ready beside it is
 * not needed any more: agreement came first.
 */
function toProvisional(
  unit: WorkUnit,
  { digest, members }: Weight,
  { now, trust, maxReplicas }: TransitionContext,
  occasion: Occasion,
): WorkUnit {
  const at = unit.state.kind === 'provisional' ? unit.state.at : now;
  const isAudited = occasion.kind === 'answer' ? occasion.draw < trust.auditShare(members.length) : isUnderAudit(unit, occasion);
  const replicas = unit.replicas.filter(({ kind }) => kind !== 'ready');
  const isOutstanding = replicas.some(({ kind }) => kind === 'leased');
  const audits = isAudited && !isOutstanding && replicas.length < maxReplicas ? readyReplicas(replicas.length, 1) : [];
  return { ...unit, state: { kind: 'provisional', digest, at }, replicas: [...replicas, ...audits] };
}

/** A lost replica of a provisional unit was its audit; and whoever reviews takes none away. */
const isUnderAudit = ({ state, replicas }: WorkUnit, { kind }: Occasion): boolean =>
  state.kind === 'provisional' && (kind === 'loss' || replicas.some((replica) => replica.kind === 'ready'));

/** The answer is known: only it is waited for. */
function settleByTruth(unit: WorkUnit, truth: Digest, weights: readonly Weight[], context: TransitionContext): Settlement {
  const right = weights.find(({ digest }) => digest === truth);
  const wrong = weights.filter(({ digest }) => digest !== truth);
  const struck = wrong.reduce<Settlement>((settled, weight) => refute(settled, weight, context), toSettlement(unit));
  if (right === undefined) return join(struck, replicate(struck.unit, context));
  return join(
    struck,
    conclude(struck.unit, { ...right, isBeyondDoubt: true }, context, (judged) => finalize(judged, truth, context, { kind: 'referee' })),
  );
}

/** Ground truth says that these were wrong: what they were credited is taken back, and whoever's word counted is convicted. */
function refute({ unit, ...settled }: Settlement, weight: Weight, context: TransitionContext): Settlement {
  const isWrong = (replica: Replica): replica is JudgedReplica => weight.votes.some(({ no }) => no === replica.no);
  const convicted = weight.votes.filter(({ no }) => weight.members.some((member) => member.no === no));
  return {
    ...settled,
    unit: {
      ...unit,
      replicas: unit.replicas.map((replica) => (isWrong(replica) ? { ...replica, kind: 'judged', valid: false } : replica)),
    },
    postings: [...settled.postings, ...weight.votes.flatMap((vote) => takeBack(unit, vote, context))],
    effects: [...settled.effects, ...convicted.map(({ host }): UnitEffect => ({ kind: 'backtrack', job: unit.job, host }))],
    hostEvents: [
      ...settled.hostEvents,
      ...weight.votes.map((vote) => toEvent(unit, vote, convicted.includes(vote) ? 'convicted' : 'failed')),
    ],
  };
}

/** The posting that undoes what a result was credited when it was believed; none when it never was. */
export function takeBack(unit: WorkUnit, vote: Weight['votes'][number], context: TransitionContext): Settlement['postings'] {
  if (vote.kind !== 'judged' || !vote.valid) return [];
  const { no, host, account, credited = 0 } = vote;
  return [{ job: unit.job, index: unit.index, no, kind: 'revocation', host, account, microcredits: -credited, at: context.now }];
}

/** Its votes are believed: credited, and told that they passed a check where somebody else's word confirms them. */
function conclude(unit: WorkUnit, weight: Weight, context: TransitionContext, end: (judged: WorkUnit) => Settlement): Settlement {
  const { digest, votes, members, isBeyondDoubt } = weight;
  const isConfirmed = (no: number) => isBeyondDoubt || members.some((member) => member.no !== no);
  const newly = votes.filter(({ kind }) => kind === 'returned');
  const passed = votes.filter((vote) => isConfirmed(vote.no) && !(vote.kind === 'judged' && vote.isChecked === true));
  const lost = members.length > 1 ? unit.replicas.filter(isReturned).filter((replica) => replica.digest !== digest) : [];
  const replicas = unit.replicas.map((replica): Replica => {
    if (isReturned(replica) && lost.includes(replica)) return { ...replica, kind: 'judged', valid: false };
    if (!votes.some(({ no }) => no === replica.no)) return replica;
    const judged = isReturned(replica) ? judge(replica, true) : (replica as JudgedReplica);
    return isConfirmed(replica.no) ? { ...judged, isChecked: true } : judged;
  });
  const hostEvents: HostEvent[] = [
    ...passed.map((vote) => toEvent(unit, vote, 'passed')),
    ...lost.map((vote) => toEvent(unit, vote, 'failed')),
  ];
  const postings = postingsFor(
    unit,
    replicas.filter((replica) => newly.some(({ no }) => no === replica.no)) as JudgedReplica[],
    replicas,
    context,
  );
  const credited = replicas.map((replica): Replica => {
    const posting = postings.find(({ no }) => no === replica.no);
    return posting === undefined ? replica : { ...(replica as JudgedReplica), credited: posting.microcredits };
  });
  return join(toSettlement(unit, { hostEvents, postings }), end({ ...unit, replicas: credited }));
}

const isReturned = (replica: Replica): replica is Extract<Replica, { kind: 'returned' }> => replica.kind === 'returned';

/** Only newcomers answered: somebody whose word counts must say the same, or the referee. */
function awaitWord(unit: WorkUnit, context: TransitionContext): Settlement {
  return context.trust.lacksCanaries ? callReferee(unit) : replicate(unit, context);
}

/** Under way already: it is not asked twice. */
export function callReferee(unit: WorkUnit): Settlement {
  const { job, index } = unit;
  const verifying: WorkUnit = { ...unit, state: { kind: 'verifying' }, truth: unit.truth ?? null };
  if (unit.truth !== undefined) return toSettlement(verifying);
  return toSettlement(verifying, { effects: [{ kind: 'referee', job, index }], countsDelta: { refereed: 1 } });
}

/** Open, with one replica on its way. When no more may be added, the referee decides; when it has, nobody can say the same. */
function replicate(unit: WorkUnit, context: TransitionContext): Settlement {
  const open: WorkUnit = { ...unit, state: { kind: 'open' } };
  const isOutstanding = leasesOf(unit).length > 0 || unit.replicas.some(({ kind }) => kind === 'ready');
  if (isOutstanding) return toSettlement(open);
  if (unit.replicas.length < context.maxReplicas)
    return toSettlement({ ...open, replicas: [...unit.replicas, ...readyReplicas(unit.replicas.length, 1)] });
  if (unit.truth === undefined) return callReferee(unit);
  return fail(
    unit,
    'no-consensus',
    `${unit.replicas.length} replicas were handed out, the most a unit may have, and none gave the right answer.`,
    context.now,
  );
}

export const join = (before: Settlement, after: Settlement): Settlement => ({
  unit: after.unit,
  effects: [...before.effects, ...after.effects],
  ending: after.ending,
  postings: [...before.postings, ...after.postings],
  countsDelta: { ...before.countsDelta, ...after.countsDelta },
  hostEvents: [...before.hostEvents, ...after.hostEvents],
});
