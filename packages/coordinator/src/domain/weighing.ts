/**
 * The policy `confidence`: answers are weighed by whose they are. In this order:
 *   ground truth is known → its answer is final, whoever differs failed a check · enough accounts call it fatal, too many errors → failed ·
 *   hosts whose word counts differ → verifying: the referee computes it · the odds of a group suffice → final ·
 *   one host's word, or a group whose odds do not suffice yet → provisional, some with a second replica at once (the audit) ·
 *   only newcomers answered → one more replica, or the referee while the job lacks canaries.
 * Every step looks at the set of votes only, never at the order in which they came (I17).
 */
import type { Digest, VerifyPolicy } from '@manyhands/protocol';
import { agrees } from './comparison.ts';
import { wrongOdds } from './odds.ts';
import type { TransitionContext } from './transition.ts';
import {
  awaitJudge,
  errorsOf,
  fail,
  fatalAccounts,
  finalize,
  judge,
  leasesOf,
  type Occasion,
  postingsFor,
  type Settlement,
  toBacktrack,
  toEvent,
  toSettlement,
} from './unit-end.ts';
import { mergeWeights, type Weight, weightsOf } from './weights.ts';
import { type JudgedReplica, type Replica, readyReplicas, type WorkUnit } from './work-unit.ts';

type Confidence = Extract<VerifyPolicy, { kind: 'confidence' }>;

/** Accounts that must call a unit fatal before one is believed: as under a quorum of two. */
const FATAL_ACCOUNTS = 2;

export function weigh(unit: WorkUnit, { wrongIn }: Confidence, context: TransitionContext, occasion: Occasion): Settlement {
  const message = occasion.kind === 'loss' ? occasion.message : '';
  const weights = weightsOf(unit, context);
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
  const isSufficient = (first.members.length > 1 || occasion.kind === 'confirmation') && odds * wrongIn <= 1;
  const end = (judged: WorkUnit) =>
    isSufficient ? finalize(judged, first.digest, context, grounds) : toSettlement(toProvisional(judged, first, context, occasion));
  // What was not believed waits for the end, which may be the referee's; what was, cannot be believed beside another.
  const others = mergeWeights(weights.slice(1), ({ kind }) => isSufficient || kind === 'judged');
  const refuted = others === null ? toSettlement(unit) : refute(unit, others, context);
  return join(refuted, conclude(refuted.unit, first, context, end));
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
  const isRight = ({ digest }: Pick<Weight['votes'][number], 'digest'>) => agrees(unit, digest, truth, context.verify);
  // It must be computed again to be compared with what came since.
  if (weights.some(({ votes }) => votes.some((vote) => isRight(vote) === null)))
    return awaitJudge(unit, { kind: 'referee', job: unit.job, index: unit.index });
  const right = mergeWeights(weights, (vote) => isRight(vote) === true);
  const wrong = mergeWeights(weights, (vote) => isRight(vote) === false);
  const struck = wrong === null ? toSettlement(unit) : refute(unit, wrong, context);
  if (right === null) return join(struck, replicate(struck.unit, context));
  const end = (judged: WorkUnit) => finalize(judged, right.digest, context, { kind: 'referee' });
  return join(struck, conclude(struck.unit, { ...right, isBeyondDoubt: true }, context, end));
}

/** Not believed: what they were credited is taken back. Whoever's word counted is convicted: only ground truth decides against those. */
function refute(unit: WorkUnit, { votes, members }: Weight, context: TransitionContext): Settlement {
  const isWrong = (replica: Replica): replica is JudgedReplica => votes.some(({ no }) => no === replica.no);
  const convicted = votes.filter(({ no }) => members.some((member) => member.no === no));
  const replicas = unit.replicas.map((replica): Replica => (isWrong(replica) ? { ...replica, kind: 'judged', valid: false } : replica));
  return toSettlement(
    { ...unit, replicas },
    {
      postings: votes.flatMap((vote) => takeBack(unit, vote, context)),
      effects: convicted.map((vote) => toBacktrack(unit, vote)),
      hostEvents: votes.map((vote) => toEvent(unit, vote, convicted.includes(vote) ? 'convicted' : 'failed')),
    },
  );
}

/** The posting that undoes what a result was credited when it was believed; none when it never was. */
export function takeBack(unit: WorkUnit, vote: Weight['votes'][number], context: TransitionContext): Settlement['postings'] {
  if (vote.kind !== 'judged' || !vote.valid) return [];
  const { no, host, account, credited = 0 } = vote;
  return [{ job: unit.job, index: unit.index, no, kind: 'revocation', host, account, microcredits: -credited, at: context.now }];
}

/** Its votes are believed: credited, and told that they passed a check where somebody else's word confirms them. */
function conclude(unit: WorkUnit, weight: Weight, context: TransitionContext, end: (judged: WorkUnit) => Settlement): Settlement {
  const { votes, members, isBeyondDoubt } = weight;
  const isConfirmed = (no: number) => isBeyondDoubt || members.some((member) => member.no !== no);
  const newly = votes.filter(({ kind }) => kind === 'returned');
  const passed = votes.filter((vote) => isConfirmed(vote.no) && !(vote.kind === 'judged' && vote.isChecked === true));
  const replicas = unit.replicas.map((replica): Replica => {
    if (!votes.some(({ no }) => no === replica.no)) return replica;
    const judged = replica.kind === 'returned' ? judge(replica, true) : (replica as JudgedReplica);
    return isConfirmed(replica.no) ? { ...judged, isChecked: true } : judged;
  });
  const hostEvents = passed.map((vote) => toEvent(unit, vote, 'passed'));
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

/** Only newcomers answered: somebody whose word counts must say the same, or the referee. */
function awaitWord(unit: WorkUnit, context: TransitionContext): Settlement {
  return context.trust.lacksCanaries ? callReferee(unit) : replicate(unit, context);
}

/** Only where it was not asked before. */
export function callReferee(unit: WorkUnit): Settlement {
  const { job, index } = unit;
  const verifying: WorkUnit = { ...unit, state: { kind: 'verifying' }, truth: null };
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
