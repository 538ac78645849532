/**
 * A unit and its replicas: the aggregate that every decision about one input changes.
 *
 * Unit:    open → verifying → final | failed | cancelled. The last three are absorbing (I9); only a retraction, which is recorded, leads out of `final`.
 *          `verifying` waits for a proof check or for the referee; a quorum that still lacks agreement stays `open`.
 *          `provisional` has an answer that rests on the word of too few checked hosts to be final: it may be reopened.
 * Replica: ready → leased → returned → judged, or → lost. A replica is leased once; a lost one is replaced by a new
 *          replica with the next number, so `no` is the fencing token: it strictly rises (I10).
 */
import type { AccountId, Digest, ErrorKind, HostId, JobId, LeaseId } from '@manyhands/protocol';
import type { Comparison } from './agreement.ts';

export interface UnitRef {
  readonly job: JobId;
  readonly index: number;
}

export interface WorkUnit extends UnitRef {
  /** 0: never stored. Each commit raises it by one. */
  readonly revision: number;
  readonly state: UnitState;
  /** In order of `no`, from 0. */
  readonly replicas: readonly Replica[];
  /** Ground truth: the digest of the right answer, as the referee computed it. null: the referee was asked. Absent: it never was. */
  readonly truth?: Digest | null;
  /** Which of its answers agree, where agreement is more than equal digests. Absent: nothing was compared. */
  readonly comparisons?: readonly Comparison[];
  /** Answers that were final and were taken back, oldest first. Never removed (I8). Absent: none was. */
  readonly retractions?: readonly Retraction[];
}

/**
 * A final answer that was taken back. `refuted` the referee computed another one (`truth`) · `convicted` everybody whose word it rested on
 * (`grounds`) was convicted since.
 */
export interface Retraction {
  readonly reason: 'refuted' | 'convicted';
  /** What was final, from when to when, and what it rested on. */
  readonly digest: Digest;
  readonly finalAt: number;
  readonly at: number;
  readonly grounds: Grounds;
  /** Replicas that were canaries while it was final: what became of them is not the unit's. */
  readonly canaries: readonly number[];
}

export type UnitState =
  | { readonly kind: 'open' }
  | { readonly kind: 'verifying' }
  | { readonly kind: 'provisional'; readonly digest: Digest; readonly at: number }
  | { readonly kind: 'final'; readonly digest: Digest; readonly at: number; readonly grounds?: Grounds }
  | { readonly kind: 'failed'; readonly reason: FailureReason; readonly message: string; readonly at: number }
  | { readonly kind: 'cancelled'; readonly at: number };

/**
 * What a verdict under `confidence` rests on, so that anybody can recompute it (I15): the odds that all `members` are liars, given the checks each had
 * passed (odds.ts), or the referee's own computation. Absent under the other policies: there the replicas say it all.
 */
export type Grounds =
  | { readonly kind: 'odds'; readonly phi: number; readonly members: readonly { readonly no: number; readonly checks: number }[] }
  | { readonly kind: 'referee' };

/** `too-many-errors` the error limit was reached · `no-consensus` the replica limit was reached without agreement · or a fatal error of that kind. */
export type FailureReason = 'too-many-errors' | 'no-consensus' | ErrorKind;

/** Who holds or held a replica, and under which lease. */
export interface Holder {
  readonly lease: LeaseId;
  readonly host: HostId;
  readonly account: AccountId;
  readonly leasedAt: number;
  /** GFLOPS the host was taken to have, for credit; absent: 1. */
  readonly speed?: number;
  /** The engine class it computes with, where replicas are compared within one class only; absent elsewhere. */
  readonly engine?: string;
}

/** To be said of the replica in its next state. Field by field: every unit passes here, and a spread that leaves a field out takes ten times as long. */
export function holderOf({ lease, host, account, leasedAt, speed, engine }: Holder): Holder {
  const holder: { -readonly [Field in keyof Holder]: Holder[Field] } = { lease, host, account, leasedAt };
  if (speed !== undefined) holder.speed = speed;
  if (engine !== undefined) holder.engine = engine;
  return holder;
}

export type Replica =
  | { readonly kind: 'ready'; readonly no: number }
  | ({ readonly kind: 'leased'; readonly no: number; readonly deadlineAt: number } & Holder)
  | ({ readonly kind: 'returned'; readonly no: number; readonly digest: Digest; readonly returnedAt: number } & Holder)
  | ({
      readonly kind: 'judged';
      readonly no: number;
      readonly digest: Digest;
      readonly returnedAt: number;
      readonly valid: boolean;
      /** Under `confidence`: another host or ground truth has confirmed it, and its host was told so. */
      readonly isChecked?: boolean;
      /** Under `confidence`: microcredits granted when it was believed, so that just as many can be taken back. */
      readonly credited?: number;
    } & Holder)
  | ({
      readonly kind: 'lost';
      readonly no: number;
      readonly cause: LossCause;
      /** What its host reported; only when `cause` is `errored`. */
      readonly error?: ErrorKind;
      /** The digest of a result that came all the same; absent: none came. */
      readonly lateDigest?: Digest;
    } & Holder);

/** `expired` its deadline passed · `errored` its host reported an error · `released` given back · `revoked` its unit or job ended first. */
export type LossCause = 'expired' | 'errored' | 'released' | 'revoked';

export type LeasedReplica = Extract<Replica, { kind: 'leased' }>;
export type JudgedReplica = Extract<Replica, { kind: 'judged' }>;

/** A unit nobody has touched: as many ready replicas as its policy wants at first. Not yet stored. */
export function createUnit(ref: UnitRef, replicas: number): WorkUnit {
  return {
    job: ref.job,
    index: ref.index,
    revision: 0,
    state: { kind: 'open' },
    replicas: readyReplicas(0, replicas),
  };
}

/** `count` ready replicas with the next numbers: the fencing token strictly rises (I10). */
export function readyReplicas(from: number, count: number): Replica[] {
  const replicas: Replica[] = [];
  for (let no = from; no < from + count; no++) replicas.push({ kind: 'ready', no });
  return replicas;
}

/** Leased while its unit was final: to check its host, who must not notice. */
export const isCanary = ({ state, retractions = [] }: Pick<WorkUnit, 'state' | 'retractions'>, replica: Replica): boolean =>
  (state.kind === 'final' && replica.kind !== 'ready' && replica.leasedAt > state.at) ||
  retractions.some(({ canaries }) => canaries.includes(replica.no));

export const hasEnded = (unit: WorkUnit): boolean =>
  unit.state.kind === 'final' || unit.state.kind === 'failed' || unit.state.kind === 'cancelled';
