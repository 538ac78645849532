/**
 * A unit and its replicas: the aggregate that every decision about one input changes.
 *
 * Unit:    open → verifying → final | failed | cancelled. The last three are absorbing (I9).
 *          `verifying` waits for a proof check; a quorum that still lacks agreement stays `open`.
 * Replica: ready → leased → returned → judged, or → lost. A replica is leased once; a lost one is replaced by a new
 *          replica with the next number, so `no` is the fencing token: it strictly rises (I10).
 */
import type { AccountId, Digest, ErrorKind, HostId, JobId, LeaseId } from '@manyhands/protocol';

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
}

export type UnitState =
  | { readonly kind: 'open' }
  | { readonly kind: 'verifying' }
  | { readonly kind: 'final'; readonly digest: Digest; readonly at: number }
  | { readonly kind: 'failed'; readonly reason: FailureReason; readonly message: string; readonly at: number }
  | { readonly kind: 'cancelled'; readonly at: number };

/** `too-many-errors` the error limit was reached · `no-consensus` the replica limit was reached without agreement · or a fatal error of that kind. */
export type FailureReason = 'too-many-errors' | 'no-consensus' | ErrorKind;

/** Who holds or held a replica, and under which lease. */
export interface Holder {
  readonly lease: LeaseId;
  readonly host: HostId;
  readonly account: AccountId;
  readonly leasedAt: number;
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

export const hasEnded = (unit: WorkUnit): boolean =>
  unit.state.kind === 'final' || unit.state.kind === 'failed' || unit.state.kind === 'cancelled';
