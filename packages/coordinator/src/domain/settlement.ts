/**
 * What becomes of a unit in progress once its replicas have changed, in this order:
 *   enough agree → final · enough accounts call it fatal → failed · too many errors → failed ·
 *   an answer waits for its proof check → verifying · replicas are missing → open, with new ready ones · none may be added → failed.
 * When a unit ends its ready replicas are gone at once (I37). The leases of a failed or cancelled unit are lost; those of a
 * final one stay until they return or run out, because a matching result that still comes in time is credited.
 */
import type { Digest } from '@manyhands/protocol';
import type { Ending, Posting } from './change-set.ts';
import { creditFor } from './credit.ts';
import { quorumVerdict } from './quorum.ts';
import { replicasNeeded, resultsWanted } from './replication.ts';
import type { CountsDelta, TransitionContext } from './transition.ts';
import type { Revocation, UnitEffect } from './unit-effect.ts';
import { type FailureReason, type LeasedReplica, type Replica, readyReplicas, type UnitState, type WorkUnit } from './work-unit.ts';

export interface Settlement {
  readonly unit: WorkUnit;
  readonly effects: readonly UnitEffect[];
  readonly ending: Ending | null;
  readonly postings: readonly Posting[];
  readonly countsDelta: CountsDelta;
}

/** `message`: what the host said whose error brought us here; empty when it was no error. */
export function settle(unit: WorkUnit, context: TransitionContext, message = ''): Settlement {
  const { verify } = context;
  const canonical = verify.kind === 'quorum' ? quorumVerdict(unit.replicas, verify.k) : null;
  if (canonical !== null) return finalize(unit, canonical, context);
  if (fatalAccounts(unit) >= Math.max(2, resultsWanted(verify))) return fail(unit, 'fatal', message, context.now);
  if (errorsOf(unit) >= context.maxErrors) return fail(unit, 'too-many-errors', message, context.now);
  const unchecked = verify.kind === 'proof' ? unit.replicas.find((replica) => replica.kind === 'returned') : undefined;
  return unchecked === undefined ? replicate(unit, context) : awaitCheck(unit, unchecked);
}

/** `digest` is the unit's answer. Every result that agrees is valid and credited once (I22). */
export function finalize(unit: WorkUnit, digest: Digest, context: TransitionContext): Settlement {
  const { job, index } = unit;
  const { now } = context;
  const replicas = unit.replicas.filter((replica) => replica.kind !== 'ready').map((replica) => judge(replica, digest));
  const valid = replicas.filter((replica) => replica.kind === 'judged' && replica.valid) as Extract<Replica, { kind: 'judged' }>[];
  const microcredits = creditFor(valid, context.timeoutMs);
  return {
    unit: { ...unit, state: { kind: 'final', digest, at: now }, replicas },
    effects: leasesOf(unit).map((replica) => revocation(unit, replica, 'final')),
    ending: { job, index, state: 'final', no: (valid[0] as (typeof valid)[number]).no, at: now },
    postings: valid.map(({ no, host, account }) => ({ job, index, no, kind: 'valid-result', host, account, microcredits, at: now })),
    countsDelta: {},
  };
}

export const fail = (unit: WorkUnit, reason: FailureReason, message: string, at: number): Settlement =>
  endWithout(unit, { kind: 'failed', reason, message, at }, 'failed');

export const cancel = (unit: WorkUnit, at: number): Settlement => endWithout(unit, { kind: 'cancelled', at }, 'cancelled');

function endWithout(unit: WorkUnit, state: Extract<UnitState, { at: number }>, reason: 'failed' | 'cancelled'): Settlement {
  const leases = leasesOf(unit);
  return {
    unit: { ...unit, state, replicas: unit.replicas.filter((replica) => replica.kind !== 'ready').map(revoke) },
    effects: leases.map((replica) => revocation(unit, replica, reason)),
    ending: { job: unit.job, index: unit.index, state: reason, no: null, at: state.at },
    postings: [],
    countsDelta: leases.length > 0 ? { revoked: leases.length } : {},
  };
}

function awaitCheck(unit: WorkUnit, { no, digest }: Extract<Replica, { kind: 'returned' }>): Settlement {
  // A check that is already under way is not asked for again.
  const effects: UnitEffect[] = unit.state.kind === 'verifying' ? [] : [{ kind: 'judge', job: unit.job, index: unit.index, no, digest }];
  return { unit: { ...unit, state: { kind: 'verifying' } }, effects, ending: null, postings: [], countsDelta: {} };
}

function replicate(unit: WorkUnit, context: TransitionContext): Settlement {
  const needed = replicasNeeded(unit, context);
  if (needed === 'exhausted') return fail(unit, 'no-consensus', noConsensus(unit, context), context.now);
  const replicas = needed === 0 ? unit.replicas : [...unit.replicas, ...readyReplicas(unit.replicas.length, needed)];
  return { unit: { ...unit, state: { kind: 'open' }, replicas }, effects: [], ending: null, postings: [], countsDelta: {} };
}

function noConsensus({ replicas }: WorkUnit, { verify }: TransitionContext): string {
  const wanted = verify.kind === 'quorum' ? `${verify.k} results of different accounts agreed` : 'answer passed the check of its task';
  return `${replicas.length} replicas were handed out, the most a unit may have, and no ${wanted}. Its evidence shows what came back.`;
}

/** One liar must not kill a unit: it takes two accounts, or as many as a verdict takes. */
function fatalAccounts({ replicas }: WorkUnit): number {
  const accounts = new Set<string>();
  for (const replica of replicas) if (replica.kind === 'lost' && replica.error === 'fatal') accounts.add(replica.account);
  return accounts.size;
}

const errorsOf = ({ replicas }: WorkUnit): number =>
  replicas.filter((replica) => replica.kind === 'lost' && replica.cause === 'errored').length;

const leasesOf = ({ replicas }: WorkUnit): LeasedReplica[] => replicas.filter((replica) => replica.kind === 'leased');

export const revocation = (unit: WorkUnit, { lease, host }: LeasedReplica, reason: Revocation['reason']): Revocation => ({
  kind: 'revoke',
  job: unit.job,
  index: unit.index,
  lease,
  host,
  reason,
});

const judge = (replica: Replica, canonical: Digest): Replica =>
  replica.kind === 'returned' ? { ...replica, kind: 'judged', valid: replica.digest === canonical } : replica;

function revoke(replica: Replica): Replica {
  if (replica.kind !== 'leased') return replica;
  const { no, lease, host, account, leasedAt } = replica;
  return { kind: 'lost', no, cause: 'revoked', lease, host, account, leasedAt };
}
