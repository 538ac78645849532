/** `/v1/tasks` and `/v1/jobs`: what authors send and what they get back. */
import * as z from 'zod';
import { digestSchema } from '../digest.ts';
import { accountIdSchema, hostIdSchema, jobIdSchema, taskIdSchema, unitIndexSchema } from '../ids.ts';
import { LIMITS } from '../limits.ts';
import { signedTaskSchema, taskManifestSchema, verifyPolicySchema } from '../manifest.ts';
import { payloadSchema } from '../payload.ts';
import { errorKindSchema } from '../result.ts';
import { retractionReasonSchema } from './evidence-api.ts';

/** `POST /v1/tasks`: the bundle must have been stored before (`PUT /v1/blobs/:digest`). */
export const publishTaskSchema = signedTaskSchema;
export const taskViewSchema = z.object({ id: taskIdSchema, manifest: taskManifestSchema, author: z.string(), publishedAt: z.int() });
export type TaskView = z.infer<typeof taskViewSchema>;

/**
 * Where a job's inputs come from. `stream`: sent with `POST /v1/jobs/:id/units` and closed by the author.
 * `range`: unit i computes `{"from": from+i·step, "to": min(from+(i+1)·step, to)}`; `index`: unit i computes the number i. Both store no rows until handed out.
 */
export const inputSourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('stream') }),
  z.strictObject({ kind: z.literal('range'), from: z.int(), to: z.int(), step: z.int().positive() }),
  z.strictObject({ kind: z.literal('index'), count: z.int().positive() }),
]);
export type InputSource = z.infer<typeof inputSourceSchema>;

/** `POST /v1/jobs`. Repeating it with the same `key` and the same author answers the same job. */
export const createJobSchema = z.strictObject({
  task: taskIdSchema,
  title: z.string().min(1).max(200),
  key: z.string().min(8).max(100),
  inputs: inputSourceSchema,
  priority: z.int().min(-10).max(10).default(0),
  /** A lease ends this long after it was given or last renewed, milliseconds. */
  leaseMs: z
    .int()
    .min(1_000)
    .max(7 * 24 * 3_600_000)
    .default(120_000),
});
export type CreateJob = z.input<typeof createJobSchema>;

/**
 * `POST /v1/jobs/:id/units?chunk=N`, body NDJSON, one payload a line: chunk N is stored wholly or not at all, and once (I5).
 * Chunks are numbered from 0 in order. `close=true` says that it is the last.
 */
export const unitsAcceptedSchema = z.object({ chunk: z.int(), firstIndex: z.int(), count: z.int(), repeated: z.boolean() });
export type UnitsAccepted = z.infer<typeof unitsAcceptedSchema>;

/**
 * Units of a job by state. `waiting` none at work yet · `running` leased to someone · `verifying` some results, not yet believed ·
 * `provisional` answered, and believed unless the audit at the end of the job says otherwise.
 */
export const unitCountsSchema = z.object({
  total: z.int(),
  waiting: z.int(),
  running: z.int(),
  verifying: z.int(),
  provisional: z.int(),
  final: z.int(),
  failed: z.int(),
  cancelled: z.int(),
});
export type UnitCounts = z.infer<typeof unitCountsSchema>;

export const jobViewSchema = z.object({
  id: jobIdSchema,
  task: taskIdSchema,
  taskName: z.string(),
  title: z.string(),
  author: z.string(),
  /** `open` inputs still arrive · `running` · `done` every unit is final or failed · `cancelled` */
  state: z.enum(['open', 'running', 'done', 'cancelled']),
  verify: verifyPolicySchema,
  createdAt: z.int(),
  finishedAt: z.int().nullable(),
  units: unitCountsSchema,
  /** Results received per final unit so far; null before the first. */
  resultsPerUnit: z.number().nullable(),
  /** Final units a second, over the last minute. */
  unitsPerSecond: z.number(),
  /** Milliseconds until the last unit at the present rate; null when it cannot be told. */
  remainingMs: z.number().nullable(),
  hosts: z.int(),
  /** Final answers that were taken back so far: their rows are corrected by later ones. Absent: none. */
  retracted: z.int().optional(),
});
export type JobView = z.infer<typeof jobViewSchema>;

/** One line of `GET /v1/jobs/:id/results` (NDJSON, in the order in which units ended; `?after=CURSOR&follow=true`). */
export const resultRowSchema = z.object({
  /** Pass as `after` to go on behind this row. */
  cursor: z.string(),
  index: unitIndexSchema,
  input: payloadSchema,
  status: z.enum(['ok', 'failed', 'cancelled']),
  /** Present when `ok`. */
  output: payloadSchema.optional(),
  /** Present when `failed`: in words. */
  error: z.object({ kind: errorKindSchema.or(z.enum(['no-consensus', 'too-many-errors'])), message: z.string() }).optional(),
  /** Who computed the canonical result; names only where given. */
  verifiedBy: z.array(z.object({ host: hostIdSchema, account: accountIdSchema, name: z.string().nullable() })),
  replicas: z.int(),
  endedAt: z.int(),
  /**
   * Present when this row corrects an earlier one of the unit: that answer was final and was taken back. A reader that has it drops it for this one.
   * `digest` the SHA-256 of the output taken back, `finalAt` when it had ended, `at` when it was taken back, epoch milliseconds.
   */
  corrects: z.object({ reason: retractionReasonSchema, digest: digestSchema, finalAt: z.int(), at: z.int() }).optional(),
});
export type ResultRow = z.infer<typeof resultRowSchema>;

/** `PUT /v1/blobs/:digest` */
export const blobStoredSchema = z.object({ digest: digestSchema, bytes: z.int().max(LIMITS.blobBytes) });
