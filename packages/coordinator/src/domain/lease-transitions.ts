/** Commands about who holds a replica, and until when. */
import { isEligible } from './eligibility.ts';
import { settle } from './settlement.ts';
import type { HostEvent } from './standing.ts';
import { type CountsDelta, NOTHING, type Transition, type TransitionContext, toTransition } from './transition.ts';
import type { CommandOf } from './unit-command.ts';
import type { UnitEffect } from './unit-effect.ts';
import { LOSS, revocation, type Settlement, toEvent } from './unit-end.ts';
import {
  hasEnded,
  holderOf,
  isCanary,
  type LeasedReplica,
  type LossCause,
  type Replica,
  readyReplicas,
  type WorkUnit,
} from './work-unit.ts';

/** Hands the first ready replica to a host. */
export function issueLease(unit: WorkUnit, command: CommandOf<'issue-lease'>, context: TransitionContext): Transition {
  if (hasEnded(unit)) return toTransition(unit, { kind: 'refused', reason: 'the unit has ended' });
  const at = unit.replicas.findIndex((replica) => replica.kind === 'ready');
  const replica = unit.replicas[at];
  if (replica === undefined) return toTransition(unit, { kind: 'refused', reason: 'no replica is ready' });
  if (!isEligible(unit, command, context.verify))
    return toTransition(unit, { kind: 'refused', reason: 'this host or its account had it before' });
  const leased = toLeased(replica.no, command, context);
  return toTransition({ ...unit, replicas: unit.replicas.with(at, leased) }, { kind: 'issued' }, { countsDelta: { issued: 1 } });
}

function toLeased(no: number, command: CommandOf<'issue-lease' | 'issue-canary'>, { now }: TransitionContext): LeasedReplica {
  return { ...holderOf({ ...command, leasedAt: now }), kind: 'leased', no, deadlineAt: command.deadlineAt };
}

/** A host is checked on a unit whose answer is known. It is told as little as with any other lease (I21). */
export function issueCanary(unit: WorkUnit, command: CommandOf<'issue-canary'>, context: TransitionContext): Transition {
  if (unit.state.kind !== 'final') return toTransition(unit, { kind: 'refused', reason: 'its answer is not known' });
  if (unit.replicas.length >= context.maxReplicas) return toTransition(unit, { kind: 'refused', reason: 'no replica may be added' });
  if (!isEligible(unit, command, context.verify))
    return toTransition(unit, { kind: 'refused', reason: 'this host or its account had it before' });
  // Later than the end, by which it is known for what it is (isCanary), also where the clock stepped back.
  const now = Math.max(context.now, unit.state.at + 1);
  const leased = toLeased(unit.replicas.length, command, { ...context, now });
  return toTransition({ ...unit, replicas: [...unit.replicas, leased] }, { kind: 'issued' }, { countsDelta: { issued: 1 } });
}

/** Somebody else may be quicker than the one who has it: whoever answers first decides. Once per unit at a time. */
export function duplicate(unit: WorkUnit, context: TransitionContext): Transition {
  const outstanding = unit.replicas.filter(({ kind }) => kind === 'leased' || kind === 'ready');
  const isAlone = outstanding.length === 1 && outstanding[0]?.kind === 'leased';
  if (unit.state.kind !== 'open' || !isAlone || unit.replicas.length >= context.maxReplicas) return toTransition(unit, { kind: 'ignored' });
  return toTransition({ ...unit, replicas: [...unit.replicas, ...readyReplicas(unit.replicas.length, 1)] }, { kind: 'done' });
}

export function renewLease(unit: WorkUnit, command: CommandOf<'renew-lease'>): Transition {
  const at = leasedAt(unit, command);
  const replica = unit.replicas[at] as LeasedReplica | undefined;
  if (replica === undefined || (hasEnded(unit) && !isCanary(unit, replica))) return toTransition(unit, { kind: 'ended' });
  // Renewing never brings a deadline nearer, even when our clock stepped back (I35).
  const deadlineAt = Math.max(replica.deadlineAt, command.deadlineAt);
  if (deadlineAt === replica.deadlineAt) return toTransition(unit, { kind: 'renewed', deadlineAt });
  return toTransition({ ...unit, replicas: unit.replicas.with(at, { ...replica, deadlineAt }) }, { kind: 'renewed', deadlineAt });
}

export function releaseLease(unit: WorkUnit, command: CommandOf<'release-lease'>, context: TransitionContext): Transition {
  const at = leasedAt(unit, command);
  if (at === -1) return toTransition(unit, { kind: 'ignored' });
  const replicas = unit.replicas.with(at, toLost(unit.replicas[at] as LeasedReplica, 'released'));
  return afterLoss({ ...unit, replicas }, context, { released: 1 }, [], []);
}

/** Ends every lease whose deadline has passed. In an ended unit it was revoked long ago: nobody failed to deliver; a canary's was not. */
export function expireLeases(unit: WorkUnit, context: TransitionContext): Transition {
  const expired = unit.replicas.filter((replica) => isOverdue(replica, context.now)) as LeasedReplica[];
  if (expired.length === 0) return toTransition(unit, { kind: 'ignored' });
  const missed = expired.filter((replica) => !hasEnded(unit) || isCanary(unit, replica));
  const causeOf = (replica: LeasedReplica): LossCause => (missed.includes(replica) ? 'expired' : 'revoked');
  const replicas = unit.replicas.map((replica) => (isOverdue(replica, context.now) ? toLost(replica, causeOf(replica)) : replica));
  const effects = missed.map((replica) => revocation(unit, replica, 'expired'));
  const hostEvents = missed.map((replica) => toEvent(unit, replica, 'errored'));
  const revoked = expired.length - missed.length;
  const delta = { ...(missed.length > 0 && { expired: missed.length }), ...(revoked > 0 && { revoked }) };
  return afterLoss({ ...unit, replicas }, context, delta, effects, hostEvents);
}

function afterLoss(
  unit: WorkUnit,
  context: TransitionContext,
  delta: CountsDelta,
  effects: readonly UnitEffect[],
  hostEvents: readonly HostEvent[],
): Transition {
  if (hasEnded(unit)) return toTransition(unit, { kind: 'done' }, { countsDelta: delta, effects, hostEvents });
  return withSettlement({ kind: 'done' }, settle(unit, context, LOSS), { countsDelta: delta, effects, hostEvents });
}

/** A settlement that follows from a change, as one transition. */
export function withSettlement(outcome: Transition['outcome'], settlement: Settlement, change: Partial<Transition>): Transition {
  return toTransition(settlement.unit, outcome, {
    ...change,
    effects: joined(change.effects, settlement.effects),
    ending: settlement.ending,
    postings: joined(change.postings, settlement.postings),
    countsDelta: { ...change.countsDelta, ...settlement.countsDelta },
    hostEvents: joined(change.hostEvents, settlement.hostEvents),
  });
}

/** Mostly there is nothing to join, and nothing is copied. */
const joined = <Item>(first: readonly Item[] = NOTHING, then: readonly Item[]): readonly Item[] => {
  if (first.length === 0) return then;
  return then.length === 0 ? first : [...first, ...then];
};

export const toLost = (replica: LeasedReplica, cause: LossCause): Extract<Replica, { kind: 'lost' }> => ({
  ...holderOf(replica),
  kind: 'lost',
  no: replica.no,
  cause,
});

const isOverdue = (replica: Replica, now: number): replica is LeasedReplica => replica.kind === 'leased' && replica.deadlineAt <= now;

const leasedAt = ({ replicas }: WorkUnit, { lease, host }: Pick<CommandOf<'renew-lease'>, 'lease' | 'host'>): number =>
  replicas.findIndex((replica) => replica.kind === 'leased' && replica.lease === lease && replica.host === host);
