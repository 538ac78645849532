/** Everything the coordinator may say to a worker. */
import * as z from 'zod';
import { accountIdSchema, hostIdSchema, jobIdSchema, leaseIdSchema, taskIdSchema, unitIndexSchema } from './ids.ts';
import { LIMITS } from './limits.ts';
import { publicKeySchema, taskLimitsSchema } from './manifest.ts';
import { payloadSchema } from './payload.ts';
import { leaseRefSchema, recordedOutcomeSchema } from './result.ts';

/** The first frame of every connection. The nonce is signed in `hello`. */
export const challengeSchema = z.strictObject({
  type: z.literal('challenge'),
  nonce: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  protocol: z.strictObject({ oldest: z.int(), newest: z.int() }),
  projectKey: publicKeySchema,
});

export const welcomeSchema = z.strictObject({
  type: z.literal('welcome'),
  protocol: z.int(),
  host: hostIdSchema,
  account: accountIdSchema,
  /** How often the host should `renew` what it holds, milliseconds. */
  heartbeatMs: z.int().positive(),
  /** The most replicas this host may hold at once. */
  quota: z.int().nonnegative(),
});

/** Answers the last `reconcile`: leases to forget, because they ended or were never this host's; more of them are revoked. All others stand. */
export const reconciledSchema = z.strictObject({ type: z.literal('reconciled'), drop: z.array(leaseIdSchema).max(LIMITS.leasesPerFrame) });

export const assignedLeaseSchema = z.strictObject({
  lease: leaseIdSchema,
  index: unitIndexSchema,
  input: payloadSchema,
});

/** Leases of one job. What they share is said once. */
export const assignSchema = z.strictObject({
  type: z.literal('assign'),
  job: jobIdSchema,
  task: taskIdSchema,
  limits: taskLimitsSchema,
  /** What `Date` shows inside the task: the job's creation, epoch milliseconds. */
  frozenAt: z.int(),
  /** Time until these leases end unless renewed, milliseconds from receipt. */
  leaseMs: z.int().positive(),
  leases: z.array(assignedLeaseSchema).min(1).max(LIMITS.leasesPerFrame),
});

/** Nothing for this host now; its wish stands. Ask again after `retryAfterMs` at the earliest (I32). */
export const noWorkSchema = z.strictObject({
  type: z.literal('no-work'),
  retryAfterMs: z.int().nonnegative(),
  /**
   * `no-jobs` nothing is open · `not-eligible` only units this account already worked on · `quota` it holds all it may · `suspended` what it sent back
   * was wrong, or failed, too often: it may ask again then · `draining` · `overloaded`
   */
  reason: z.enum(['no-jobs', 'not-eligible', 'quota', 'suspended', 'draining', 'overloaded']),
});

/** Sent only when the results are durable (G1). In the order of the `submit` they answer. */
export const recordedSchema = z.strictObject({
  type: z.literal('recorded'),
  results: z
    .array(
      z.strictObject({ lease: leaseIdSchema, outcome: recordedOutcomeSchema, reason: z.string().max(LIMITS.messageLength).optional() }),
    )
    .max(LIMITS.resultsPerFrame),
});

/** Answers `renew`: the leases that stand, with their new time, and those that ended. */
export const renewedSchema = z.strictObject({
  type: z.literal('renewed'),
  leases: z.array(z.strictObject({ lease: leaseIdSchema, leaseMs: z.int().nonnegative() })).max(LIMITS.leasesPerFrame),
  ended: z.array(leaseIdSchema).max(LIMITS.leasesPerFrame),
});

/** Stop working on these; a result that comes all the same is acknowledged. */
export const revokeSchema = z.strictObject({
  type: z.literal('revoke'),
  leases: z.array(leaseRefSchema).min(1).max(LIMITS.leasesPerFrame),
  reason: z.enum(['cancelled', 'final', 'expired', 'failed']),
});

/** The coordinator is about to stop: keep computing, expect a 1012 close, reconnect after `retryAfterMs`. */
export const drainSchema = z.strictObject({ type: z.literal('drain'), retryAfterMs: z.int().nonnegative() });

export const downstreamSchema = z.discriminatedUnion('type', [
  challengeSchema,
  welcomeSchema,
  reconciledSchema,
  assignSchema,
  noWorkSchema,
  recordedSchema,
  renewedSchema,
  revokeSchema,
  drainSchema,
]);
export type Downstream = z.infer<typeof downstreamSchema>;
export type Assign = z.infer<typeof assignSchema>;
export type AssignedLease = z.infer<typeof assignedLeaseSchema>;
export type Welcome = z.infer<typeof welcomeSchema>;
