/** Credit as pages ask for it. Like all of ReadStore it never scans: sums and orders are kept with each commit. */
import type { Balance, CreditDay } from '../domain/balance.ts';

/** Hosts belong to accounts, accounts to teams. */
export type EarnerKind = 'account' | 'host' | 'team';
/** By all that was ever earned, or by the recent average. */
export type Ranking = 'total' | 'recent';

export interface Earner extends Balance {
  /** The id of an account or host; the name of a team. */
  readonly id: string;
  /** As given by the volunteer; null: none. */
  readonly name: string | null;
  /** The account of a host, the team of an account; null: a team, or an account in none. */
  readonly belongsTo: string | null;
  /** Hosts of an account, accounts of a team; 1 for a host. */
  readonly members: number;
  /** Results that were judged and not believed. */
  readonly invalidResults: number;
}

/** Ranks are not counted beyond this: the count would cost as much as it is deep. */
export const RANKS_COUNTED = 100_000;

export interface CreditReads {
  /** null: never heard of. */
  earner(kind: EarnerKind, id: string): Promise<Earner | null>;
  /**
   * Most first, behind `after`, the id of a row; null: from the top. `total` has those with a posting, `recent` those with an average above 0.
   * `direction` `above`: the ones just above `after`, nearest first. Equals come in an order of the store's own, the same in all answers.
   */
  ranking(
    kind: Exclude<EarnerKind, 'host'>,
    by: Ranking,
    page: { readonly limit: number; readonly after: string | null; readonly direction?: 'below' | 'above' },
  ): Promise<readonly Earner[]>;
  /** 1 for the first; null: not ranked, or RANKS_COUNTED or more are above. Equals share none: they follow the ranking's order. */
  rank(kind: Exclude<EarnerKind, 'host'>, by: Ranking, id: string): Promise<number | null>;
  /** The accounts of a team, most credit first. */
  membersOf(team: string, limit: number): Promise<readonly Earner[]>;
  /** Days with a posting, from `firstDay` on, oldest first. */
  creditDays(kind: EarnerKind, id: string, firstDay: number): Promise<readonly CreditDay[]>;
}
