import * as z from 'zod';
import { digestSchema } from './digest.ts';

/** Ids are random (or digests of keys), never sequences: a restored backup can reuse none (I6). */
const randomId = <P extends string>(prefix: P) => z.string().regex(new RegExp(`^${prefix}_[A-Za-z0-9_-]{22}$`));

export const jobIdSchema = randomId('job').brand<'JobId'>();
export type JobId = z.infer<typeof jobIdSchema>;

/** A task is named by the digest of its manifest, which names the digest of its bundle. */
export const taskIdSchema = digestSchema.brand<'TaskId'>();
export type TaskId = z.infer<typeof taskIdSchema>;

/** Unguessable: 128 random bits. Whoever quotes it was handed the lease; it is the lease token (ADR 3). */
export const leaseIdSchema = randomId('lease').brand<'LeaseId'>();
export type LeaseId = z.infer<typeof leaseIdSchema>;

/** Derived from the host's public key, so a host keeps its id wherever it connects. */
export const hostIdSchema = randomId('host').brand<'HostId'>();
export type HostId = z.infer<typeof hostIdSchema>;

/** Derived from the account's secret, which only the volunteer's machines hold. */
export const accountIdSchema = randomId('account').brand<'AccountId'>();
export type AccountId = z.infer<typeof accountIdSchema>;

/** The position of a unit's input in its job, from 0. */
export const unitIndexSchema = z.int().nonnegative();

/** A unit's full name: `job_…/17`. */
export type UnitId = `${string}/${number}`;
export const unitIdOf = (job: JobId, index: number): UnitId => `${job}/${index}`;
export function parseUnitId(text: string): { job: JobId; index: number } | null {
  const slash = text.indexOf('/');
  const job = jobIdSchema.safeParse(text.slice(0, slash));
  const digits = text.slice(slash + 1);
  return job.success && /^(0|[1-9]\d{0,14})$/.test(digits) ? { job: job.data, index: Number(digits) } : null;
}
