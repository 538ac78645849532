import { mFirstError } from '../statistics/m-first-error.ts';
import type { SchemeMaker } from '../world/scheme.ts';
import { Voting } from './voting.ts';

/** The smallest `m` for which m-first voting errs at most once in `wrongIn`, if a fraction `f` always lies and agrees. */
export function smallestM(f: number, wrongIn: number): number {
  let m = 1;
  while (mFirstError(m, f) > 1 / wrongIn) m++;
  return m;
}

/** The first answer that m hosts gave. With few hosts, m is what the honest among all of them can still bring together. */
export const mFirst: SchemeMaker = (job, book) => {
  const m = Math.min(smallestM(job.assumedLiars, job.wrongIn), Math.ceil(job.hosts / 2));
  return new Voting(job, book, { quorumFor: () => m });
};
