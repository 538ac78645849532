/** `GET /v1/jobs/:id/evidence` (NDJSON) and `GET /v1/jobs/:id/units/:index`: why answers are believed, and what became of one unit. */
import * as z from 'zod';
import { digestSchema } from '../digest.ts';
import { accountIdSchema, hostIdSchema, jobIdSchema, taskIdSchema, unitIndexSchema } from '../ids.ts';
import { verifyPolicySchema } from '../manifest.ts';
import { payloadSchema } from '../payload.ts';
import { errorKindSchema } from '../result.ts';

/** Epoch milliseconds, the coordinator's clock. */
const time = z.int();
const replicaNo = z.int().nonnegative();
export const failureReasonSchema = errorKindSchema.or(z.enum(['no-consensus', 'too-many-errors']));
const lossCauseSchema = z.enum(['expired', 'errored', 'released', 'revoked']);

/** What a final answer under `confidence` rests on: the odds that all members are liars, given the checks each had passed, or the referee. */
const groundsSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('odds'),
    phi: z.number().nonnegative(),
    members: z.array(z.object({ no: replicaNo, checks: z.int().nonnegative() })).readonly(),
  }),
  z.object({ kind: z.literal('referee') }),
]);

/** Why a final answer was taken back: the referee computed another one, or everybody it rested on was convicted since. */
export const retractionReasonSchema = z.enum(['refuted', 'convicted']);
const retractionSchema = z.object({
  reason: retractionReasonSchema,
  digest: digestSchema,
  finalAt: time,
  at: time,
  grounds: groundsSchema,
  /** Replicas that were handed out while it was final, to check their hosts. */
  canaries: z.array(replicaNo).readonly(),
});

export const unitStateSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('open') }),
  z.object({ kind: z.literal('verifying') }),
  z.object({ kind: z.literal('provisional'), digest: digestSchema, at: time }),
  z.object({ kind: z.literal('final'), digest: digestSchema, at: time, grounds: groundsSchema.exactOptional() }),
  z.object({ kind: z.literal('failed'), reason: failureReasonSchema, message: z.string(), at: time }),
  z.object({ kind: z.literal('cancelled'), at: time }),
]);

const held = {
  no: replicaNo,
  host: hostIdSchema,
  account: accountIdSchema,
  leasedAt: time,
  speed: z.number().exactOptional(),
  engine: z.string().exactOptional(),
};
/** A replica as everybody may see it: without its lease, for whoever quotes one holds it. */
export const replicaSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready'), no: replicaNo }),
  z.object({ kind: z.literal('leased'), ...held, deadlineAt: time }),
  z.object({ kind: z.literal('returned'), ...held, digest: digestSchema, returnedAt: time }),
  z.object({
    kind: z.literal('judged'),
    ...held,
    digest: digestSchema,
    returnedAt: time,
    valid: z.boolean(),
    isChecked: z.boolean().exactOptional(),
    credited: z.number().exactOptional(),
  }),
  z.object({
    kind: z.literal('lost'),
    ...held,
    cause: lossCauseSchema,
    error: errorKindSchema.exactOptional(),
    lateDigest: digestSchema.exactOptional(),
  }),
]);

/** What came back for a replica, without the output itself. `late`: after its lease or its unit had ended. */
const receiptSchema = z.object({
  no: replicaNo,
  late: z.boolean(),
  receivedAt: time,
  body: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('ok'), digest: digestSchema }),
    z.object({ kind: z.literal('error'), error: errorKindSchema, message: z.string() }),
  ]),
});

/** First line: the job, and the rules its verdicts are given under. */
const jobLineSchema = z.object({
  type: z.literal('job'),
  format: z.literal(1),
  job: jobIdSchema,
  task: taskIdSchema,
  title: z.string(),
  author: z.string(),
  verify: verifyPolicySchema,
  policyVersion: z.int().positive(),
  maxReplicas: z.int().positive(),
  maxErrors: z.int().positive(),
  state: z.enum(['open', 'closed', 'done', 'cancelled']),
  endedAt: time.nullable(),
  unitCount: z.int().nonnegative(),
  finalUnits: z.int().nonnegative(),
});
/** One for each unit that was ever handed out, by index. */
const unitLineSchema = z.object({
  type: z.literal('unit'),
  index: unitIndexSchema,
  state: unitStateSchema,
  replicas: z.array(replicaSchema).readonly(),
  /** What the referee found; null: it was asked and has not answered. Absent: it never was. */
  truth: digestSchema.nullable().exactOptional(),
  /** Pairs of answers that were compared, and whether they agree. */
  comparisons: z
    .array(z.tuple([digestSchema, digestSchema, z.boolean()]).readonly())
    .readonly()
    .exactOptional(),
  /** Final answers that were taken back, oldest first. */
  retractions: z.array(retractionSchema).readonly().exactOptional(),
  results: z.array(receiptSchema).readonly(),
});
/** Behind the last unit: without it evidence is cut off. */
const endLineSchema = z.object({ type: z.literal('end') });
/** Not sent: `manyhands verify --save` keeps what was delivered beside the evidence. The second says that all outputs are there. */
const outputLineSchema = z.object({ type: z.literal('output'), index: unitIndexSchema, output: payloadSchema });
const outputsEndLineSchema = z.object({ type: z.literal('outputs-end') });

/** A line of `GET /v1/jobs/:id/evidence?after=INDEX&limit=N`, or of a file of evidence. */
export const evidenceLineSchema = z.discriminatedUnion('type', [
  jobLineSchema,
  unitLineSchema,
  endLineSchema,
  outputLineSchema,
  outputsEndLineSchema,
]);
export type EvidenceLine = z.infer<typeof evidenceLineSchema>;
export type EvidenceOf<Type extends EvidenceLine['type']> = Extract<EvidenceLine, { readonly type: Type }>;
