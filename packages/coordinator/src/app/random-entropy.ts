import { randomBytes } from 'node:crypto';
import type { JobId, LeaseId } from '@manyhands/protocol';
import type { Entropy } from '../ports/entropy.ts';

/** Ids are drawn thousands at a time; asking the system for each would cost more than the id. */
const POOL_BYTES = 16 * 256;
const ID_BYTES = 16;

export function createRandomEntropy(): Entropy {
  let pool = Buffer.alloc(0);
  const idText = (): string => {
    if (pool.length === 0) pool = randomBytes(POOL_BYTES);
    const id = pool.toString('base64url', 0, ID_BYTES);
    pool = pool.subarray(ID_BYTES);
    return id;
  };
  return {
    leaseId: () => `lease_${idText()}` as LeaseId,
    jobId: () => `job_${idText()}` as JobId,
    key: idText,
    random: Math.random,
  };
}
