/**
 * Commands that bring something back for a lease. What counts, by the state of the replica:
 *   leased, unit in progress → counted · leased, unit final, in time → credited if it matches (I37) · leased otherwise → late ·
 *   returned or judged → the answer to a repeat, without a second effect (I4) · lost → late: evidence, once, never counted (I16).
 */
import type { Posting, StoredResult } from './change-set.ts';
import { agrees, isCanonical } from './comparison.ts';
import { creditFor } from './credit.ts';
import { heardLate, opensAudit } from './dispute.ts';
import { toLost, withSettlement } from './lease-transitions.ts';
import { settle } from './settlement.ts';
import type { HostEvent } from './standing.ts';
import { type Transition, type TransitionContext, toTransition } from './transition.ts';
import type { CommandOf } from './unit-command.ts';
import type { UnitEffect } from './unit-effect.ts';
import { toBacktrack, toEvent } from './unit-end.ts';
import { hasEnded, holderOf, isCanary, type LeasedReplica, type Replica, type WorkUnit } from './work-unit.ts';

type RecordResult = CommandOf<'record-result'>;
type RecordError = CommandOf<'record-error'>;
type HeldReplica = Exclude<Replica, { kind: 'ready' }>;
type JudgedReplica = Extract<Replica, { kind: 'judged' }>;
type ReturnedReplica = Extract<Replica, { kind: 'returned' }>;

export function recordResult(unit: WorkUnit, command: RecordResult, context: TransitionContext): Transition {
  const replica = replicaOf(unit, command);
  if (replica === null) return toTransition(unit, { kind: 'unknown' });
  if (replica.kind === 'lost') return recordLate(unit, replica, command, context);
  if (replica.kind !== 'leased') return answerRepeat(unit, replica.digest === command.digest);
  return hasEnded(unit) ? recordAfterEnd(unit, replica, command, context) : recordInTime(unit, replica, command, context);
}

export function recordError(unit: WorkUnit, command: RecordError, context: TransitionContext): Transition {
  const replica = replicaOf(unit, command);
  if (replica === null) return toTransition(unit, { kind: 'unknown' });
  if (replica.kind === 'lost') return toTransition(unit, { kind: replica.cause === 'errored' ? 'recorded' : 'late' });
  if (replica.kind !== 'leased') return answerRepeat(unit, false);
  const late = hasEnded(unit);
  const errored = replace(unit, { ...toLost(replica, 'errored'), error: command.error });
  const { error, message } = command;
  const change = {
    results: [toStored(replica, command, { kind: 'error', error, message }, late, context)],
    countsDelta: { errored: 1 },
    hostEvents: late && !isCanary(unit, replica) ? [] : blame(unit, replica),
  };
  if (late) return toTransition(errored, { kind: 'recorded' }, change);
  return withSettlement({ kind: 'recorded' }, settle(errored, context, { kind: 'loss', message: message || error }), change);
}

function recordInTime(unit: WorkUnit, replica: LeasedReplica, command: RecordResult, context: TransitionContext): Transition {
  const returned = replace(unit, toReturned(replica, command, context));
  const results = [toStored(replica, command, okBody(command), false, context)];
  return withSettlement({ kind: 'recorded' }, settle(returned, context, { kind: 'answer', draw: command.draw ?? 1 }), {
    results,
    countsDelta: { results: 1, returned: 1 },
  });
}

/** The unit is final and this lease had not run out: a result that matches earns its credit, any other is invalid. */
function recordAfterEnd(unit: WorkUnit, replica: LeasedReplica, command: RecordResult, context: TransitionContext): Transition {
  const results = [toStored(replica, command, okBody(command), true, context)];
  if (unit.state.kind !== 'final' || context.now > replica.deadlineAt) {
    const lost = replace(unit, { ...toLost(replica, 'revoked'), lateDigest: command.digest });
    return toTransition(lost, { kind: 'late' }, { results, countsDelta: { results: 1, revoked: 1 } });
  }
  const returned = toReturned(replica, command, context);
  const countsDelta = { results: 1, returned: 1 };
  const valid = isCanonical(unit, command.digest, context.verify);
  if (valid === null) {
    // It may be valid yet: only the author's comparison can tell. It is dated after the verdict, which it had no part in, whatever the clock says (I16).
    const after = { ...context, now: Math.max(context.now, unit.state.at + 1) };
    const waiting = { ...returned, returnedAt: after.now };
    const compared = [toStored(replica, command, okBody(command), false, after)];
    const effects = [toComparison(unit, waiting)];
    return toTransition(replace(unit, waiting), { kind: 'recorded' }, { results: compared, countsDelta, effects });
  }
  const judged = judgeLate(replace(unit, returned), returned, valid, context);
  return { ...judged, outcome: { kind: 'recorded' }, results, countsDelta: { ...countsDelta, ...judged.countsDelta } };
}

/** A result of a final unit turned out to be valid or not. */
export function judgeLate(unit: WorkUnit, returned: ReturnedReplica, valid: boolean, context: TransitionContext): Transition {
  const isChecked = valid && context.verify.kind === 'confidence' ? { isChecked: true } : {};
  const judged: JudgedReplica = { ...returned, kind: 'judged', valid, ...isChecked };
  const after = replace(unit, judged);
  const isCounted = context.trust.checksOf(returned.host) !== null;
  const isDisputed = !valid && opensAudit(unit, returned, context);
  const kind = eventAfterEnd(unit, judged, isCounted, context);
  return toTransition(
    isDisputed ? { ...after, truth: null } : after,
    { kind: 'done' },
    {
      postings: valid ? [toPosting(after, judged, context)] : [],
      countsDelta: isDisputed ? { refereed: 1 } : {},
      // I18: what it says changes nothing, but somebody must look.
      effects: isDisputed
        ? [{ kind: 'referee', job: unit.job, index: unit.index }]
        : kind === 'convicted'
          ? [toBacktrack(unit, judged)]
          : [],
      hostEvents: kind === null ? [] : [toEvent(unit, judged, kind)],
    },
  );
}

/** Ground truth goes before the verdict, which it may have come too late for. null: it differs, its word counts, and the truth is not known yet. */
function eventAfterEnd(
  unit: WorkUnit,
  { digest, valid }: JudgedReplica,
  isCounted: boolean,
  { verify }: TransitionContext,
): HostEvent['kind'] | null {
  const isRight = typeof unit.truth === 'string' ? (agrees(unit, digest, unit.truth, verify) ?? valid) : valid;
  if (isRight) return 'passed';
  if (!isCounted) return 'failed';
  return typeof unit.truth === 'string' ? 'convicted' : null;
}

/** Against a result that is the canonical answer itself. */
function toComparison({ job, index, state, replicas }: WorkUnit, { no, digest }: ReturnedReplica): UnitEffect {
  const isCanonicalOne = (replica: Replica): replica is JudgedReplica =>
    replica.kind === 'judged' && state.kind === 'final' && replica.digest === state.digest;
  const canonical = replicas.find(isCanonicalOne) as JudgedReplica;
  return {
    kind: 'compare',
    job,
    index,
    pairs: [
      [
        { no, digest },
        { no: canonical.no, digest: canonical.digest },
      ],
    ],
  };
}

/** An error says something about its host until another account fails on the unit too: then it was the unit's fault. */
function blame(unit: WorkUnit, replica: LeasedReplica): HostEvent[] {
  const before = unit.replicas.filter((other) => other.kind === 'lost' && other.cause === 'errored' && other.account !== replica.account);
  if (before.length === 0) return [toEvent(unit, replica, 'errored')];
  return before.length === 1 ? [toEvent(unit, before[0] as HeldReplica, 'absolved')] : [];
}

function recordLate(
  unit: WorkUnit,
  replica: Extract<Replica, { kind: 'lost' }>,
  command: RecordResult,
  context: TransitionContext,
): Transition {
  // Of a replica one late word is kept: that of an ended unit may be its error.
  if (replica.lateDigest !== undefined || (replica.cause === 'errored' && hasEnded(unit))) return toTransition(unit, { kind: 'late' });
  const late = { ...replica, lateDigest: command.digest };
  return heardLate(replace(unit, late), late, context, {
    results: [toStored(replica, command, okBody(command), true, context)],
    countsDelta: { results: 1 },
  });
}

/** A lease is good for one answer (I14). */
const answerRepeat = (unit: WorkUnit, isSame: boolean): Transition =>
  toTransition(unit, isSame ? { kind: 'recorded' } : { kind: 'refused', reason: 'this lease was already answered with another result' });

const isValid = (replica: Replica): replica is JudgedReplica => replica.kind === 'judged' && replica.valid;

function toPosting(
  { job, index, replicas }: WorkUnit,
  replica: JudgedReplica,
  { now, timeoutMs, typicalCredit }: TransitionContext,
): Posting {
  const { no, host, account } = replica;
  const microcredits = creditFor(replicas.filter(isValid), timeoutMs, typicalCredit);
  return { job, index, no, kind: 'valid-result', host, account, microcredits, at: now };
}

/** null: this host was never given such a lease (I2). */
function replicaOf({ replicas }: WorkUnit, { lease, host }: RecordResult | RecordError): HeldReplica | null {
  for (const replica of replicas) if (replica.kind !== 'ready' && replica.lease === lease && replica.host === host) return replica;
  return null;
}

const toReturned = (replica: LeasedReplica, { digest }: RecordResult, { now }: TransitionContext): ReturnedReplica => ({
  ...holderOf(replica),
  kind: 'returned',
  no: replica.no,
  digest,
  returnedAt: now,
});

const replace = (unit: WorkUnit, replica: Replica): WorkUnit => ({
  ...unit,
  replicas: unit.replicas.map((other) => (other.no === replica.no ? replica : other)),
});

const okBody = ({ digest, output }: RecordResult): StoredResult['body'] => ({ kind: 'ok', digest, output });

function toStored(
  { no, lease, host, account }: HeldReplica,
  { job, index, elapsedMs }: RecordResult | RecordError,
  body: StoredResult['body'],
  late: boolean,
  { now }: TransitionContext,
): StoredResult {
  return { job, index, no, lease, host, account, receivedAt: now, elapsedMs, late, body };
}
