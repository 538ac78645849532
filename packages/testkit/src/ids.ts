/** Well-formed ids from small numbers, so that a test can be read and repeated. */
import type { AccountId, Digest, HostId, JobId, LeaseId, TaskId } from '@manyhands/protocol';

const suffix = (n: number): string => n.toString(36).padStart(22, '0');

export const jobId = (n: number): JobId => `job_${suffix(n)}` as JobId;
export const leaseId = (n: number): LeaseId => `lease_${suffix(n)}` as LeaseId;
export const hostId = (n: number): HostId => `host_${suffix(n)}` as HostId;
export const accountId = (n: number): AccountId => `account_${suffix(n)}` as AccountId;
export const taskId = (n: number): TaskId => `sha256:${n.toString(16).padStart(64, '0')}` as TaskId;

/** A digest that differs for different texts, without a hash function: good for tests only. */
export function digestOf(text: string): Digest {
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i++) hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n);
  return `sha256:${hash.toString(16).padStart(16, '0').repeat(4)}` as Digest;
}
