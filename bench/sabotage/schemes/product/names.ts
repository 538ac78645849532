/** The domain's names for the world's numbers. */
import type { AccountId, Digest, HostId, JobId, LeaseId, TaskId } from '@manyhands/protocol';
import { hashPair } from '../../world/draw.ts';

export const JOB = 'job' as JobId;
export const TASK = 'task' as TaskId;

export const hostIdOf = (host: number): HostId => `${host}` as HostId;
export const accountIdOf = (account: number): AccountId => `${account}` as AccountId;
export const leaseIdOf = (lease: number): LeaseId => `${lease}` as LeaseId;
export const hostNumberOf = (host: HostId): number => Number(host);

const HASH_DIGITS = 8;

/** Of an answer to a unit. It begins at random, because the domain settles draws by the order of digests; behind that stands the answer itself. */
export const digestOf = (unit: number, answer: number): Digest =>
  `${Math.floor(hashPair(unit, answer) * 16 ** HASH_DIGITS)
    .toString(16)
    .padStart(HASH_DIGITS, '0')}${answer}` as Digest;

export const answerOf = (digest: Digest): number => Number(digest.slice(HASH_DIGITS));
