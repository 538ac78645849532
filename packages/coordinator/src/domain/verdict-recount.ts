/**
 * A verdict counted again from what came back, by the rules it was given under (I15). Beyond the invariants of a unit (unit-invariants.ts) this
 * asks what was known at the moment of the verdict: results that came later are evidence, and never counted (I16).
 */
import { type Digest, unitIdOf, type VerifyPolicy } from '@manyhands/protocol';
import type { StoredResult } from './change-set.ts';
import { agrees, comparisonNeeded, isCanonical, namingOf } from './comparison.ts';
import type { Snapshot, Violation } from './invariants.ts';
import { wrongOdds } from './odds.ts';
import { isVote, quorumVerdict, strongestAgreement, type Vote } from './quorum.ts';
import { resultsWanted } from './replication.ts';
import { errorsOf, fatalAccounts } from './unit-end.ts';
import { type JudgedJob, unitViolations } from './unit-invariants.ts';
import type { Grounds, Replica, Retraction, UnitState, WorkUnit } from './work-unit.ts';

/** What came back for a replica; of an output, the digest is enough. */
export type Receipt = Pick<StoredResult, 'no' | 'late' | 'receivedAt'> & {
  readonly body:
    | Pick<Extract<StoredResult['body'], { kind: 'ok' }>, 'kind' | 'digest'>
    | Pick<Extract<StoredResult['body'], { kind: 'error' }>, 'kind' | 'error'>;
};

type Bounds = Pick<Snapshot, 'maxReplicas' | 'maxErrors'>;
type Final = Extract<UnitState, { kind: 'final' }>;
type Failed = Extract<UnitState, { kind: 'failed' }>;

type Fault = readonly [isWrong: boolean, message: string];

/** All that is wrong with a unit and its verdict, if it has one. */
export function evidenceViolations(unit: WorkUnit, receipts: readonly Receipt[], job: JudgedJob, bounds: Bounds): Violation[] {
  const subject = unitIdOf(unit.job, unit.index);
  const recounted = [...retractionFaults(unit, job), ...recount(unit, countedVotes(unit, receipts), job, bounds)];
  return [
    ...unitViolations(unit, job, bounds),
    ...receiptFaults(unit.replicas, receipts).map((message) => ({ rule: 'I2', subject, message })),
    ...recounted.map((message) => ({ rule: 'I15', subject, message })),
  ];
}

/** I2: what each host is said to have answered is what was stored of it, and everything stored is somebody's. */
function receiptFaults(replicas: readonly Replica[], receipts: readonly Receipt[]): string[] {
  const missing = replicas.filter((replica) => isAnswered(replica) && !receipts.some((receipt) => isOf(receipt, replica)));
  const stray = receipts.filter((receipt) => !replicas.some((replica) => isOf(receipt, replica)));
  return [
    ...missing.map(({ no }) => `replica ${no} is said to have answered something else than what is stored of it`),
    ...stray.map(({ no }) => `something is stored of replica ${no} that the unit does not know of`),
  ];
}

const isAnswered = (replica: Replica): boolean =>
  isVote(replica) || (replica.kind === 'lost' && (replica.cause === 'errored' || replica.lateDigest !== undefined));

function isOf({ no, late, receivedAt, body }: Receipt, replica: Replica): boolean {
  if (no !== replica.no) return false;
  if (isVote(replica)) return body.kind === 'ok' && body.digest === replica.digest && receivedAt === replica.returnedAt;
  if (replica.kind !== 'lost') return false;
  return body.kind === 'error' ? body.error === replica.error : late && body.digest === replica.lateDigest;
}

/** I16: those that came before the unit had ended. Of an answer that had to be compared with the verdict first, only its time tells that it came after. */
const countedVotes = ({ replicas, state, retractions = [] }: WorkUnit, receipts: readonly Receipt[]): Vote[] => {
  // What came after a verdict that was taken back came before the next.
  const countsFrom = Math.max(Number.NEGATIVE_INFINITY, ...retractions.map(({ at }) => at));
  return replicas
    .filter(isVote)
    .filter((vote) => state.kind !== 'final' || vote.returnedAt <= state.at)
    .filter((vote) => receipts.some((receipt) => (!receipt.late || receipt.receivedAt <= countsFrom) && isOf(receipt, vote)));
};

function recount(unit: WorkUnit, counted: readonly Vote[], { verify }: JudgedJob, bounds: Bounds): string[] {
  const { state } = unit;
  if (state.kind === 'failed')
    return isFailure(unit, state, counted, verify, bounds) ? [] : ['its failure does not follow from what came back'];
  if (state.kind !== 'final') return [];
  return verify.kind === 'confidence' ? recountConfidence(unit, state, counted, verify) : recountAgreement(unit, state, counted, verify);
}

/** Under `quorum` and `proof`. */
function recountAgreement(unit: WorkUnit, { digest, grounds }: Final, counted: readonly Vote[], verify: VerifyPolicy): string[] {
  const then: WorkUnit = { ...unit, replicas: counted };
  const nameOf = namingOf(then, verify);
  const isRight = (vote: Vote): boolean =>
    counted.includes(vote) ? nameOf(vote) === digest : isCanonical(unit, vote.digest, verify) === true;
  // What a check says is the author's word: it may refuse an answer once and pass it another time.
  const isRefused = (vote: Vote): boolean => verify.kind === 'proof' && counted.includes(vote);
  const misjudged = unit.replicas.filter(
    (replica) => replica.kind === 'judged' && replica.valid !== isRight(replica) && (replica.valid || !isRefused(replica)),
  );
  const wanted = resultsWanted(verify);
  const agreed = counted.filter(isRight).length;
  const faults: Fault[] = [
    [grounds !== undefined, 'it gives grounds that only the policy `confidence` knows'],
    [comparisonNeeded(then, verify) !== null, 'answers that were counted had never been compared'],
    [agreed < wanted, `${wanted} results had to agree on its answer; counted again, ${agreed} did`],
    [
      verify.kind === 'quorum' && quorumVerdict(counted, verify.k, nameOf) !== digest,
      'counted again, its results agree on no answer, or on another one',
    ],
  ];
  return [
    ...faults.filter(([isWrong]) => isWrong).map(([, message]) => message),
    ...misjudged.map(({ no }) => `replica ${no} was judged otherwise than its answer deserves`),
  ];
}

type Confidence = Extract<VerifyPolicy, { kind: 'confidence' }>;

function recountConfidence(unit: WorkUnit, { digest, grounds }: Final, counted: readonly Vote[], verify: Confidence): string[] {
  if (grounds === undefined) return ['it says nothing of what it rests on'];
  const isSame: Same = (a, b) => agrees(unit, a, b, verify) === true;
  const believed = counted.filter((vote) => vote.kind === 'judged' && vote.valid);
  const supporters = believed.filter((vote) => isSame(vote.digest, digest));
  const faults: Fault[] = [
    [!believed.some((vote) => vote.digest === digest), 'no result that counted gave its answer'],
    [isRefuted(unit, digest, verify), 'the referee computed another answer'],
    ...(grounds.kind === 'odds' ? oddsFaults(grounds, supporters, verify, isSame) : []),
    [grounds.kind === 'referee' && typeof unit.truth !== 'string', 'it rests on the referee, who never answered'],
  ];
  return faults.filter(([isWrong]) => isWrong).map(([, message]) => message);
}

/** Where the referee was asked after the verdict, and computed another answer, the verdict should have been taken back. */
const isRefuted = (unit: WorkUnit, digest: Digest, verify: Confidence): boolean =>
  typeof unit.truth === 'string' && agrees(unit, unit.truth, digest, verify) === false;

/** I8: an answer was taken back only if ground truth spoke against it. */
function retractionFaults(unit: WorkUnit, { verify }: JudgedJob): string[] {
  const { retractions = [], truth, replicas } = unit;
  const isStruck = ({ no }: Odds['members'][number]): boolean => {
    const replica = replicas[no];
    return replica?.kind === 'judged' && !replica.valid;
  };
  const isFounded = ({ reason, digest, grounds }: Retraction): boolean =>
    reason === 'refuted'
      ? typeof truth === 'string' && agrees(unit, digest, truth, verify) === false
      : grounds.kind === 'odds' && grounds.members.every(isStruck);
  return retractions.every(isFounded) ? [] : ['a final answer of it was taken back, and nothing that is known speaks against it'];
}

type Same = (a: Digest, b: Digest) => boolean;
type Odds = Extract<Grounds, { kind: 'odds' }>;

function oddsFaults({ phi, members }: Odds, supporters: readonly Vote[], { wrongIn }: Confidence, isSame: Same): Fault[] {
  const checks = members.map((member) => member.checks);
  const odds = wrongOdds(phi, checks);
  const theirs = supporters.filter((vote) => members.some(({ no }) => no === vote.no));
  const isClique = theirs.every((one) => theirs.every((other) => isSame(one.digest, other.digest)));
  return [
    [odds * wrongIn > 1, `the odds that its answer is wrong are 1 in ${Math.floor(1 / odds)}, and 1 in ${wrongIn} was asked for`],
    [
      theirs.length !== members.length,
      'it rests on the word of a host that did not give its answer or was found wrong, or on one host twice',
    ],
    [!isClique, 'it rests on hosts whose answers do not agree with each other'],
  ];
}

function isFailure(unit: WorkUnit, { reason }: Failed, counted: readonly Vote[], verify: VerifyPolicy, bounds: Bounds): boolean {
  switch (reason) {
    case 'too-many-errors':
      return errorsOf(unit) >= bounds.maxErrors;
    case 'fatal':
      return fatalAccounts(unit) >= Math.max(2, resultsWanted(verify));
    case 'no-consensus':
      // The referee was asked and could not say; or nobody more may be.
      return unit.truth === null || isExhausted(unit, counted, verify, bounds);
    default:
      // The author's own code could not be asked about what came back.
      return counted.length > 0;
  }
}

/** However all that was still out had ended, it would not have decided the unit. */
function isExhausted(unit: WorkUnit, counted: readonly Vote[], verify: VerifyPolicy, { maxReplicas }: Bounds): boolean {
  const { replicas, truth } = unit;
  const standing = counted.filter((vote) => vote.kind === 'returned' || vote.valid);
  const isFound = typeof truth === 'string' && standing.some((vote) => agrees(unit, vote.digest, truth, verify) === true);
  const agreed = verify.kind === 'quorum' ? (strongestAgreement(counted, namingOf({ ...unit, replicas: counted }, verify))?.votes ?? 0) : 0;
  const out = replicas.filter((replica) => replica.kind === 'lost' && replica.cause === 'revoked').length;
  return !isFound && agreed + out + maxReplicas - replicas.length < resultsWanted(verify);
}
