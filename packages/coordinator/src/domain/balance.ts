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

export const addPosting = ({ validResults, microcredits, recent }: Balance, posting: Posting): Balance => ({
  validResults: validResults + (posting.kind === 'valid-result' ? 1 : -1),
  microcredits: microcredits + posting.microcredits,
  recent: addRecent(recent, posting.microcredits, posting.at),
});

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

/** One day of it. */
export interface CreditDay {
  /** Days since 1 January 1970, UTC. */
  readonly day: number;
  readonly validResults: number;
  readonly microcredits: number;
}

const DAY_MS = 86_400_000;
export const dayOf = (at: number): number => Math.floor(at / DAY_MS);
