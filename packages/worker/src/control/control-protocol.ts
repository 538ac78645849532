/** What `manyhands status`, `pause`, `resume` and `finish` say to the running daemon, and what it answers. One JSON line each way. */
import * as z from 'zod';

export const controlRequestSchema = z.discriminatedUnion('command', [
  z.strictObject({ command: z.literal('status') }),
  /** `forMs` null: until `resume`. */
  z.strictObject({ command: z.literal('pause'), forMs: z.int().positive().nullable() }),
  z.strictObject({ command: z.literal('resume') }),
  z.strictObject({ command: z.literal('finish') }),
  z.strictObject({ command: z.literal('stop') }),
]);
export type ControlRequest = z.infer<typeof controlRequestSchema>;

const count = z.int().nonnegative();

/** Times are epoch milliseconds. */
export const workerStatusSchema = z.object({
  pid: z.int(),
  software: z.string(),
  startedAt: z.int(),
  asOf: z.int(),
  /** Why it does or does not compute, until when, and how to change that. */
  why: z.string(),
  state: z.enum(['working', 'paused', 'finishing', 'stopping', 'ended']),
  link: z.enum(['offline', 'connecting', 'online']),
  project: z.object({ name: z.string(), url: z.string(), fingerprint: z.string() }),
  /** null until the first welcome. */
  host: z.string().nullable(),
  account: z.string().nullable(),
  displayName: z.string().nullable(),
  team: z.string().nullable(),
  /** Of one core, as measured here. */
  gflops: z.number(),
  threads: z.int().positive(),
  /** What the sandbox can promise here. */
  sandbox: z.array(z.string()),
  held: z.object({ preparing: count, queued: count, running: count, finished: count }),
  running: z.array(z.object({ unit: z.string(), task: z.string(), fraction: z.number() })),
  /** Since the daemon started. */
  tally: z.object({
    accepted: count,
    started: count,
    finished: count,
    errors: count,
    recorded: count,
    late: count,
    refused: count,
    dropped: count,
  }),
});
export type WorkerStatus = z.infer<typeof workerStatusSchema>;

export const controlAnswerSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), status: workerStatusSchema }),
  z.object({ ok: z.literal(false), error: z.string() }),
]);
export type ControlAnswer = z.infer<typeof controlAnswerSchema>;
