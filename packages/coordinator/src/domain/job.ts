/** A job: one author's request to compute a task over many inputs. */
import type { InputSource, JobId, TaskId, TaskLimits, VerifyPolicy } from '@manyhands/protocol';
import type { CreditGauge } from './credit-gauge.ts';
import type { FreshOrder } from './fresh-order.ts';

/**
 * `open` inputs may still arrive · `closed` all inputs are known · `done` every unit has ended · `cancelled`.
 * `open → closed → done`, and `open | closed → cancelled`; `cancelled` is absorbing, and so is `done` but for a retraction: a job with a unit that
 * is open again is `closed` again.
 * A cancelled job whose `endedAt` is null still has open units, which are being cancelled page by page.
 */
export type JobState = 'open' | 'closed' | 'done' | 'cancelled';

export interface Job {
  readonly id: JobId;
  readonly revision: number;
  readonly task: TaskId;
  readonly author: string;
  readonly title: string;
  /** The author's idempotency key; unique per author. */
  readonly key: string;
  readonly inputs: InputSource;
  readonly priority: number;
  readonly leaseMs: number;
  readonly verify: VerifyPolicy;
  /** The rules its verdicts are given under, from its first to its last (policy-version.ts). Absent: 1, from before it was written down. */
  readonly policyVersion?: number;
  readonly limits: TaskLimits;
  /** `alike`: replicas are compared within one engine class only. Absent: `any`. */
  readonly engines?: 'any' | 'alike';
  readonly createdAt: number;
  /** null: not ended. */
  readonly endedAt: number | null;
  readonly state: JobState;
  /** Units known so far; for a stream it grows with every chunk. */
  readonly unitCount: number;
  /** Chunks stored so far: the number of the next one. */
  readonly chunkCount: number;
  /** So many units have been handed out at least once and exist as rows; fresh ones are handed out in order of index, or as `order` says. */
  readonly nextFresh: number;
  /** The secret order in which fresh units are handed out (fresh-order.ts). Absent: that of their indexes. */
  readonly order?: FreshOrder;
  readonly counts: JobCounts;
  /** A host was convicted in it, and what is final on its word was not looked through since (VF81). Absent: there is nothing to look for. */
  readonly isUnswept?: true;
  /** What its results earned so far, so that none earns far more. Absent: nothing yet. */
  readonly gauge?: CreditGauge;
}

/** There is something to do in it, or it may come: what a start takes up again. */
export const isActive = ({ state, endedAt, isUnswept }: Job): boolean => endedAt === null || (state === 'done' && isUnswept === true);

/** Units that have a row, by state, and what was received for them. `waiting` in views = unitCount − all of these. */
export interface JobCounts {
  /** Open units with at least one live lease. */
  readonly running: number;
  /** Open or verifying units with no live lease that have at least one result. */
  readonly verifying: number;
  /** Open units with a row that have neither (given back, expired). */
  readonly idle: number;
  /** Units with an answer that may still be reopened (`confidence`). */
  readonly provisional: number;
  readonly final: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Results (ok) received, late ones included. */
  readonly results: number;
  /** Units the coordinator's own runner was asked to compute. */
  readonly refereed: number;
  /** Answers that were final and were taken back. */
  readonly retracted: number;
  /** Bookkeeping of I26. */
  readonly issued: number;
  readonly returned: number;
  readonly expired: number;
  readonly errored: number;
  readonly released: number;
  readonly revoked: number;
}

export const ZERO_COUNTS: JobCounts = {
  running: 0,
  verifying: 0,
  idle: 0,
  provisional: 0,
  final: 0,
  failed: 0,
  cancelled: 0,
  results: 0,
  refereed: 0,
  retracted: 0,
  issued: 0,
  returned: 0,
  expired: 0,
  errored: 0,
  released: 0,
  revoked: 0,
};
