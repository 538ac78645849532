/** What one host's word in one job has been put to: the checks behind the odds that it is wrong. */
import type { HostId, JobId } from '@manyhands/protocol';
import type { HostEvent } from './standing.ts';

export interface Tally {
  readonly job: JobId;
  readonly host: HostId;
  /** Its answers of this job that were confirmed, since it came or was last convicted. */
  readonly checks: number;
  /** Convictions in this job after TELLING_CHECKS and more. */
  readonly convictions: number;
}

/**
 * Who is caught before so many checks lies too often to be dangerous, and says nothing about those who lie seldom. Else anybody with
 * new names at hand could make every answer of honest hosts suspect, by being caught again and again.
 */
const TELLING_CHECKS = 6;

export const createTally = (job: JobId, host: HostId): Tally => ({ job, host, checks: 0, convictions: 0 });

/** The same object when nothing changes. */
export function foldTally(tally: Tally, { kind }: Pick<HostEvent, 'kind'>): Tally {
  if (kind === 'passed') return { ...tally, checks: tally.checks + 1 };
  if (kind === 'convicted') return { ...tally, checks: 0, convictions: tally.convictions + Number(tally.checks >= TELLING_CHECKS) };
  return tally;
}

/** The hosts whose word ever counted in a job, and how many of them were convicted. */
export interface Census {
  readonly seen: number;
  readonly convicted: number;
}

export const EMPTY_CENSUS: Census = { seen: 0, convicted: 0 };

/** Counts a tally that is new (`before` null) or changed. */
export function countTally({ seen, convicted }: Census, before: Tally | null, after: Tally): Census {
  return {
    seen: seen + Number(isSeen(after)) - Number(before !== null && isSeen(before)),
    convicted: convicted + Number(after.convictions > 0) - Number(before !== null && before.convictions > 0),
  };
}

const isSeen = ({ checks, convictions }: Tally): boolean => checks > 0 || convictions > 0;
