/** What must happen outside once a transition is durable (CQ5). */
import type { Digest, HostId, JobId, LeaseId } from '@manyhands/protocol';
import type { UnitRef } from './work-unit.ts';

/** Tells the holder of a lease to stop working on it. */
export interface Revocation extends UnitRef {
  readonly kind: 'revoke';
  readonly lease: LeaseId;
  readonly host: HostId;
  readonly reason: 'cancelled' | 'final' | 'expired' | 'failed';
}

/** Asks for the author's check of the result of replica `no`. */
export interface ProofCheck extends UnitRef {
  readonly kind: 'judge';
  readonly no: number;
  readonly digest: Digest;
}

/** Asks whether answers of a unit agree: pairs of replicas, each standing for its digest. */
export interface ComparisonCall extends UnitRef {
  readonly kind: 'compare';
  readonly pairs: readonly (readonly [ComparedAnswer, ComparedAnswer])[];
}

export interface ComparedAnswer {
  readonly no: number;
  readonly digest: Digest;
}

/** Asks the coordinator's own runner to compute the unit. */
export interface RefereeCall extends UnitRef {
  readonly kind: 'referee';
}

/** Everything in the job that rests on this host's word must be struck (I19). */
export interface Backtrack {
  readonly kind: 'backtrack';
  readonly job: JobId;
  readonly host: HostId;
}

export type UnitEffect = Revocation | ProofCheck | ComparisonCall | RefereeCall | Backtrack;
