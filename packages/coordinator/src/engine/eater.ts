/** A session, as the feeder sees it. */
import type { AccountId, Downstream, HostId, JobId, LeaseId, Payload } from '@manyhands/protocol';
import type { UnitRef } from '../domain/work-unit.ts';

export type NoWorkReason = Extract<Downstream, { type: 'no-work' }>['reason'];

export interface GivenLease extends UnitRef {
  readonly lease: LeaseId;
  readonly leaseMs: number;
  readonly deadlineAt: number;
}

export interface Eater {
  readonly host: HostId;
  readonly account: AccountId;
  /** How many leases it can take now. 0 while it is not reconciled, holds all it may, or reads too slowly. */
  readonly appetite: number;
  /** It waits for an answer to its wish. */
  readonly isAsking: boolean;
  /** It holds all it may. */
  readonly isFull: boolean;
  readonly cores: number;
  /** Of one core, as it claims; null: it did not say. */
  readonly gflops: number | null;
  readonly engine: string;
  /** Replicas that it holds. */
  readonly holding: number;
  /** Replicas of these jobs that it holds. */
  held(jobs: ReadonlySet<JobId>): number;
  /** These are its leases now. False: it is gone, and never heard of them. */
  accept(leases: readonly GivenLease[]): boolean;
  /** The inputs of what it accepted, in the same order. */
  deliver(leases: readonly GivenLease[], inputs: readonly Payload[]): void;
  /** `until`: epoch milliseconds before which asking again is no use; absent: it may ask after the usual pause. */
  decline(reason: NoWorkReason, until?: number | null): void;
}
