/** Credit as pages ask for it. Like all of ReadStore it never scans: sums and orders are kept with each commit. */
import type { Balance, CreditDay } from '../domain/balance.ts';

/** Hosts belong to accounts, accounts to teams. */
export type EarnerKind = 'account' | 'host' | 'team';
/** By all that was ever earned, or by the recent average. */
export type Ranking = 'total' | 'recent';

/** Hosts are not ranked. */
export type Ranked = Exclude<EarnerKind, 'host'>;

export interface RankingPage {
  readonly limit: number;
  /** The id of a row: the page is what follows it; null: from the top. */
  readonly after: string | null;
  /** `above`: what stands before `after` instead, the nearest first. */
  readonly direction?: 'below' | 'above';
}

export interface Earner extends Balance {
  /** The id of an account or host; the name of a team. */
  readonly id: string;
  /** As given by the volunteer; null: none. */
  readonly name: string | null;
  /** The account of a host, the team of an account; null: a team, or an account in none. */
  readonly belongsTo: string | null;
  /** Hosts of an account, accounts of a team; none of a host. */
  readonly members: number;
  /** Results that were judged and not believed. */
  readonly invalidResults: number;
}

export interface CreditReads {
  /** null: never heard of. */
  earner(kind: EarnerKind, id: string): Promise<Earner | null>;
  /**
   * Most first. `total` has those with a posting, `recent` those with an average above 0. Equals come in an order of the store's own, the same in
   * all answers.
   */
  ranking(kind: Ranked, by: Ranking, page: RankingPage): Promise<readonly Earner[]>;
  /** 1 for the first; null: not ranked, or so many are above that counting them would cost too much. Equals share none: they follow the ranking's order. */
  rank(kind: Ranked, by: Ranking, id: string): Promise<number | null>;
  /** The accounts of a team, most credit first. */
  membersOf(team: string, limit: number): Promise<readonly Earner[]>;
  /** Days whose postings come to something, from `firstDay` on, oldest first. */
  creditDays(kind: EarnerKind, id: string, firstDay: number): Promise<readonly CreditDay[]>;
}
