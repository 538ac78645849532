/** What an account, a host or a team has earned: a fold of the ledger's postings, whatever their order (I23, I24). */
import type { Posting } from './change-set.ts';
import { addRecent, NO_RECENT_CREDIT, type RecentCredit, sumRecent } from './recent-credit.ts';

export interface Balance {
  /** Valid results that stand: a revocation takes one away. */
  readonly validResults: number;
  readonly microcredits: number;
  readonly recent: RecentCredit;
}

export const EMPTY_BALANCE: Balance = { validResults: 0, microcredits: 0, recent: NO_RECENT_CREDIT };

export function balanceOf(postings: readonly Posting[]): Balance {
  let [validResults, microcredits] = [0, 0];
  const earnedAt = new Map<number, number>();
  for (const posting of postings) {
    validResults += resultsIn(posting);
    microcredits += posting.microcredits;
    earnedAt.set(posting.at, (earnedAt.get(posting.at) ?? 0) + posting.microcredits);
  }
  let recent = NO_RECENT_CREDIT;
  for (const [at, earned] of earnedAt) recent = addRecent(recent, earned, at);
  return { validResults, microcredits, recent };
}

export const sumBalances = (one: Balance, other: Balance): Balance => ({
  validResults: one.validResults + other.validResults,
  microcredits: one.microcredits + other.microcredits,
  recent: sumRecent(one.recent, other.recent),
});

/** What a team loses when this account leaves it. */
export const negated = ({ validResults, microcredits, recent: { perDay, at } }: Balance): Balance => ({
  validResults: -validResults,
  microcredits: -microcredits,
  recent: { perDay: -perDay, at },
});

/** One day of it. A revocation counts on the day it was posted. */
export interface CreditDay {
  /** Since 1 January 1970, UTC. */
  readonly day: number;
  readonly validResults: number;
  readonly microcredits: number;
}

const DAY_MS = 86_400_000;
export const dayOf = (at: number): number => Math.floor(at / DAY_MS);

/** Days with a posting, oldest first. */
export function daysOf(postings: readonly Posting[]): CreditDay[] {
  const days = new Map<number, CreditDay>();
  for (const posting of postings) {
    const day = dayOf(posting.at);
    const { validResults = 0, microcredits = 0 } = days.get(day) ?? {};
    days.set(day, { day, validResults: validResults + resultsIn(posting), microcredits: microcredits + posting.microcredits });
  }
  return [...days.values()].sort((a, b) => a.day - b.day);
}

const resultsIn = ({ kind }: Posting): number => (kind === 'valid-result' ? 1 : -1);
