/** When a lease's deadline moves, and whether it still leaves time. */

export interface LeaseTimes {
  readonly deadlineAt: number;
  /** The length of a lease, from its job. */
  readonly leaseMs: number;
  /** How often a host renews what it holds. */
  readonly heartbeatMs: number;
}

/**
 * A renewal is written only when it matters: when at most half of the lease is left, or the lease might not outlast two more heartbeats.
 * Before that, the lease simply stands. So a unit of hours costs two writes a lease length, not one a heartbeat.
 */
export const isRenewalDue = (lease: LeaseTimes, now: number): boolean =>
  lease.deadlineAt - now <= Math.max(lease.leaseMs / 2, 2 * lease.heartbeatMs);

/** It can still be renewed, which its host does within a heartbeat; a lease shorter than that has most of its time left. */
export const isWorthSending = (lease: LeaseTimes, now: number): boolean =>
  lease.deadlineAt - now > Math.min(lease.leaseMs / 2, lease.heartbeatMs);
