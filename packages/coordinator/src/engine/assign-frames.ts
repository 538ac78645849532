import type { Assign, AssignedLease, Payload } from '@manyhands/protocol';
import type { Job } from '../domain/job.ts';
import type { EngineLimits } from './engine-limits.ts';

/** Ids, names and punctuation of one lease, and the head of the frame. */
const LEASE_BYTES = 128;
const HEAD_BYTES = 512;
/** A character of JSON text inside a JSON string takes at most three bytes: an escaped quote two, any other up to three in UTF-8. */
const BYTES_PER_CHARACTER = 3;

const bytesOf = (input: Payload): number => (typeof input === 'string' ? input.length * BYTES_PER_CHARACTER : LEASE_BYTES) + LEASE_BYTES;

/** Leases of one job as frames, each within the limits of a frame. `leaseMs`: what all of them have left. */
export function toAssignFrames(
  job: Job,
  leases: readonly AssignedLease[],
  leaseMs: number,
  limits: Pick<EngineLimits, 'frameBytes' | 'leasesPerFrame'>,
): Assign[] {
  const frames: AssignedLease[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const lease of leases) {
    const size = bytesOf(lease.input);
    const last = frames.at(-1);
    if (last === undefined || bytes + size > limits.frameBytes || last.length >= limits.leasesPerFrame) {
      frames.push([lease]);
      bytes = HEAD_BYTES + size;
    } else {
      last.push(lease);
      bytes += size;
    }
  }
  return frames.map((part) => ({
    type: 'assign',
    job: job.id,
    task: job.task,
    limits: job.limits,
    frozenAt: job.createdAt,
    leaseMs,
    leases: part,
  }));
}
