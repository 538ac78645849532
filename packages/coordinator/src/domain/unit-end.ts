/**
 * How a unit ends, and what that does to its replicas and the books. When a unit ends its ready replicas are gone at once (I37).
 * The leases of a failed or cancelled unit are lost; those of a final one stay until they return or run out, because a matching
 * result that still comes in time is credited.
 */

import type { Digest } from '@manyhands/protocol';
import type { Ending, Posting } from './change-set.ts';
import { type Naming, namingOf } from './comparison.ts';
import { creditFor } from './credit.ts';
import type { HostEvent } from './standing.ts';
import { type CountsDelta, NOTHING, type TransitionContext } from './transition.ts';
import type { Revocation, UnitEffect } from './unit-effect.ts';
import {
  type FailureReason,
  type Grounds,
  type Holder,
  holderOf,
  isCanary,
  type JudgedReplica,
  type LeasedReplica,
  type Replica,
  type UnitState,
  type WorkUnit,
} from './work-unit.ts';

export interface Settlement {
  readonly unit: WorkUnit;
  readonly effects: readonly UnitEffect[];
  readonly ending: Ending | null;
  readonly postings: readonly Posting[];
  readonly countsDelta: CountsDelta;
  readonly hostEvents: readonly HostEvent[];
}

/** A settlement that changes only what is named. */
export const toSettlement = (unit: WorkUnit, changes: Partial<Settlement> = {}): Settlement => ({
  unit,
  effects: changes.effects ?? NOTHING,
  ending: changes.ending ?? null,
  postings: changes.postings ?? NOTHING,
  countsDelta: changes.countsDelta ?? {},
  hostEvents: changes.hostEvents ?? NOTHING,
});

/** What brought us here. `message`: what the host said whose error it was; `draw`: see record-result; `confirmation`: the job was audited. */
export type Occasion =
  | { readonly kind: 'loss'; readonly message: string }
  | { readonly kind: 'answer'; readonly draw: number }
  | { readonly kind: 'review' | 'confirmation' };

export const LOSS: Occasion = { kind: 'loss', message: '' };

/** What is under way already is not asked for again: its answer brings us back here. */
export const awaitJudge = (unit: WorkUnit, question: UnitEffect): Settlement =>
  toSettlement({ ...unit, state: { kind: 'verifying' } }, { effects: unit.state.kind === 'verifying' ? [] : [question] });

/** `digest` is the unit's answer. Every result that agrees is valid and credited once (I22). */
export function finalize(unit: WorkUnit, digest: Digest, context: TransitionContext, grounds?: Grounds): Settlement {
  const { job, index } = unit;
  const at = endOf(unit, context);
  const nameOf = namingOf(unit, context.verify);
  const replicas: Replica[] = [];
  for (const replica of unit.replicas)
    if (replica.kind !== 'ready') replicas.push(replica.kind === 'returned' ? judge(replica, nameOf(replica) === digest) : replica);
  const valid = replicas.filter((replica) => isJudged(replica) && replica.valid) as JudgedReplica[];
  const canonical = valid.find((replica) => replica.digest === digest) as JudgedReplica;
  return toSettlement(
    { ...unit, state: grounds === undefined ? { kind: 'final', digest, at } : { kind: 'final', digest, at, grounds }, replicas },
    {
      effects: leasesOf(unit).map((replica) => revocation(unit, replica, 'final')),
      ending: { job, index, state: 'final', no: canonical.no, at },
      // Under `confidence` each was credited and told when it was first believed.
      postings: grounds === undefined ? postingsFor(unit, valid, replicas, context) : [],
      hostEvents:
        grounds === undefined ? [...valid.map((replica) => toEvent(unit, replica, 'passed')), ...outvoted(unit, digest, nameOf)] : [],
    },
  );
}

/** Never before what led to it, also where the clock stepped back: what is leased or comes later is told from it by its time (isCanary, I16). */
export const endOf = ({ replicas }: WorkUnit, { now }: TransitionContext): number =>
  replicas.reduce((at, replica) => {
    if (replica.kind === 'ready') return at;
    return Math.max(at, replica.leasedAt, 'returnedAt' in replica ? replica.returnedAt : 0);
  }, now);

const outvoted = (unit: WorkUnit, digest: Digest, nameOf: Naming): HostEvent[] =>
  unit.replicas.flatMap((replica) =>
    replica.kind === 'returned' && nameOf(replica) !== digest ? [toEvent(unit, replica, 'outvoted')] : [],
  );

/** Each of the `newly` valid results is credited once (I22); what it is worth depends on all that agree. */
export function postingsFor(
  { job, index }: WorkUnit,
  newly: readonly JudgedReplica[],
  replicas: readonly Replica[],
  { now, timeoutMs, typicalCredit }: TransitionContext,
): Posting[] {
  if (newly.length === 0) return [];
  const microcredits = creditFor(
    replicas.filter((replica) => isJudged(replica) && replica.valid) as JudgedReplica[],
    timeoutMs,
    typicalCredit,
  );
  return newly.map(({ no, host, account }) => ({ job, index, no, kind: 'valid-result', host, account, microcredits, at: now }));
}

export const toEvent = ({ job }: WorkUnit, { host, account }: Holder, kind: HostEvent['kind']): HostEvent => ({ kind, job, host, account });

/** To a conviction. */
export const toBacktrack = ({ job }: WorkUnit, { host }: Pick<Holder, 'host'>): UnitEffect => ({ kind: 'backtrack', job, host });

export const fail = (unit: WorkUnit, reason: FailureReason, message: string, at: number): Settlement =>
  endWithout(unit, { kind: 'failed', reason, message, at }, 'failed');

export const cancel = (unit: WorkUnit, at: number): Settlement => endWithout(unit, { kind: 'cancelled', at }, 'cancelled');

function endWithout(unit: WorkUnit, state: Extract<UnitState, { at: number }>, reason: 'failed' | 'cancelled'): Settlement {
  const leases = leasesOf(unit);
  return toSettlement(
    { ...unit, state, replicas: unit.replicas.filter((replica) => replica.kind !== 'ready').map(revoke) },
    {
      effects: leases.map((replica) => revocation(unit, replica, reason)),
      ending: { job: unit.job, index: unit.index, state: reason, no: null, at: state.at },
      countsDelta: leases.length > 0 ? { revoked: leases.length } : {},
    },
  );
}

/** One liar must not kill a unit: it takes two accounts, or as many as a verdict takes. */
export function fatalAccounts(unit: WorkUnit): number {
  const accounts = new Set<string>();
  for (const replica of unit.replicas)
    if (replica.kind === 'lost' && replica.error === 'fatal' && !isCanary(unit, replica)) accounts.add(replica.account);
  return accounts.size;
}

/** Those of canaries are their hosts' alone. */
export const errorsOf = (unit: WorkUnit): number =>
  unit.replicas.filter((replica) => replica.kind === 'lost' && replica.cause === 'errored' && !isCanary(unit, replica)).length;

export const leasesOf = ({ replicas }: WorkUnit): LeasedReplica[] => replicas.filter((replica) => replica.kind === 'leased');

export const revocation = (unit: WorkUnit, { lease, host }: LeasedReplica, reason: Revocation['reason']): Revocation => ({
  kind: 'revoke',
  job: unit.job,
  index: unit.index,
  lease,
  host,
  reason,
});

const isJudged = (replica: Replica): replica is JudgedReplica => replica.kind === 'judged';

export const judge = (replica: Extract<Replica, { kind: 'returned' }>, valid: boolean): JudgedReplica => ({
  ...replica,
  kind: 'judged',
  valid,
});

function revoke(replica: Replica): Replica {
  if (replica.kind !== 'leased') return replica;
  return { ...holderOf(replica), kind: 'lost', no: replica.no, cause: 'revoked' };
}
