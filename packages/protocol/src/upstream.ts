/** Everything a worker may say to the coordinator. Batch-shaped: lists, never single items. */
import * as z from 'zod';
import { LIMITS } from './limits.ts';
import { publicKeySchema, signatureSchema } from './manifest.ts';
import { leaseRefSchema, leaseResultSchema } from './result.ts';

const leases = z.array(leaseRefSchema).max(LIMITS.leasesPerFrame);

/** Answers `challenge`. Nothing has any effect before it is accepted (I41). */
export const helloSchema = z.strictObject({
  type: z.literal('hello'),
  protocol: z.strictObject({ oldest: z.int(), newest: z.int() }),
  hostKey: publicKeySchema,
  /** Over `manyhands-hello-v1\n` + the challenge's nonce. */
  signature: signatureSchema,
  /** The account's secret (32 bytes, base64url). Machines that quote the same one belong together. */
  accountSecret: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  /** Shown on public pages; null: stay anonymous. */
  displayName: z.string().min(1).max(LIMITS.nameLength).nullable(),
  /** Whose side the account is on, on public pages. Absent: nobody's, or an older worker. */
  team: z.string().min(1).max(LIMITS.nameLength).optional(),
  software: z.string().max(100),
  /** Results of tasks whose arithmetic may differ are compared within one engine class only. */
  engine: z.string().max(100),
  cores: z.int().min(1).max(4096),
  /** Of one core, measured by the worker: a hint, which the coordinator clips to what is plausible. Absent: not measured. */
  gflops: z.number().optional(),
});

/** All leases the host still holds, computed or not; sent once after `welcome`. `more`: another such message follows. */
export const reconcileSchema = z.strictObject({ type: z.literal('reconcile'), leases, more: z.boolean() });

/** The host has room for this many more replicas, in all. A standing wish: it replaces the one before. */
export const requestWorkSchema = z.strictObject({ type: z.literal('request-work'), replicas: z.int().min(0).max(100_000) });

export const submitSchema = z.strictObject({
  type: z.literal('submit'),
  results: z.array(leaseResultSchema).min(1).max(LIMITS.resultsPerFrame),
});

/** A heartbeat for leases still being worked on: their deadlines move on. */
export const renewSchema = z.strictObject({ type: z.literal('renew'), leases });

/** Leases given back unfinished: their replicas are ready for others at once. */
export const releaseSchema = z.strictObject({ type: z.literal('release'), leases });

export const progressSchema = z.strictObject({
  type: z.literal('progress'),
  leases: z.array(leaseRefSchema.extend({ fraction: z.number().min(0).max(1) })).max(LIMITS.leasesPerFrame),
});

export const upstreamSchema = z.discriminatedUnion('type', [
  helloSchema,
  reconcileSchema,
  requestWorkSchema,
  submitSchema,
  renewSchema,
  releaseSchema,
  progressSchema,
]);
export type Upstream = z.infer<typeof upstreamSchema>;
export type Hello = z.infer<typeof helloSchema>;
