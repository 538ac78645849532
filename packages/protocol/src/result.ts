import * as z from 'zod';
import { jobIdSchema, leaseIdSchema, unitIndexSchema } from './ids.ts';
import { LIMITS } from './limits.ts';
import { payloadSchema } from './payload.ts';

/** Names a lease: the unit it is for, and the unguessable id that proves it was handed to whoever quotes it. */
export const leaseRefSchema = z.strictObject({ lease: leaseIdSchema, job: jobIdSchema, index: unitIndexSchema });
export type LeaseRef = z.infer<typeof leaseRefSchema>;

/**
 * Why a replica produced no output.
 * `thrown` the task threw · `fatal` it threw FatalTaskError: do not retry · `timeout` · `memory` · `crash` the runner died with it ·
 * `output` it returned something that is no value, or too large · `input` its input could not be read · `untrusted` the worker refused the task's signature
 */
export const errorKindSchema = z.enum(['thrown', 'fatal', 'timeout', 'memory', 'crash', 'output', 'input', 'untrusted']);
export type ErrorKind = z.infer<typeof errorKindSchema>;

export const okResultSchema = leaseRefSchema.extend({
  status: z.literal('ok'),
  output: payloadSchema,
  /** The worker's own measure of compute time, milliseconds. Shown, never trusted. */
  elapsedMs: z.number().nonnegative().max(1e12),
});
export const errorResultSchema = leaseRefSchema.extend({
  status: z.literal('error'),
  kind: errorKindSchema,
  message: z.string().max(LIMITS.messageLength),
  elapsedMs: z.number().nonnegative().max(1e12),
});
export const leaseResultSchema = z.discriminatedUnion('status', [okResultSchema, errorResultSchema]);
export type LeaseResult = z.infer<typeof leaseResultSchema>;

/**
 * What became of a result. All are final answers: the worker may forget the result.
 * `recorded` stored and counted (also the answer to a repeat) · `late` the lease had ended; kept, never canonical ·
 * `unknown` no such lease was ever given to this host · `refused` it broke a rule named in `reason`
 */
export const recordedOutcomeSchema = z.enum(['recorded', 'late', 'unknown', 'refused']);
export type RecordedOutcome = z.infer<typeof recordedOutcomeSchema>;
