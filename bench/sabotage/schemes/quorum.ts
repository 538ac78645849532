import type { SchemeMaker } from '../world/scheme.ts';
import { Voting } from './voting.ts';

/** Agreement of `k`; 1 is no verification at all. */
export const quorum =
  (k: number): SchemeMaker =>
  (job, book) =>
    new Voting(job, book, { quorumFor: () => k });
