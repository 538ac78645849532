/** Who earned what, put together from the store's answers for routes and pages. */
import type { AccountView, HostView, Leaderboard, TeamView } from '@manyhands/protocol';
import type { Clock } from '../ports/clock.ts';
import type { CreditReads, Earner, Ranked, Ranking } from '../ports/credit-reads.ts';
import { firstDayShown, type Standings, toAccountLine, toAccountView, toHostView, toTeamLine, toTeamView } from './views/credit-view.ts';

export interface BoardQuestion {
  readonly of: 'accounts' | 'teams';
  readonly by: Ranking;
  readonly limit: number;
  /** Behind this id. */
  readonly after?: string | undefined;
  /** This one and its neighbours. */
  readonly around?: string | undefined;
}

const MEMBERS_SHOWN = 50;

export class CreditBoard {
  readonly #reads: CreditReads;
  readonly #clock: Pick<Clock, 'now'>;

  constructor({ reads, clock }: { readonly reads: CreditReads; readonly clock: Pick<Clock, 'now'> }) {
    this.#reads = reads;
    this.#clock = clock;
  }

  /** null: nobody of that id. */
  async account(id: string): Promise<AccountView | null> {
    const now = this.#clock.now();
    const account = await this.#reads.earner('account', id);
    return account === null ? null : toAccountView(account, await this.#standings('account', id, now), now);
  }

  async team(name: string): Promise<TeamView | null> {
    const now = this.#clock.now();
    const team = await this.#reads.earner('team', name);
    if (team === null) return null;
    return toTeamView(team, await this.#reads.membersOf(name, MEMBERS_SHOWN), await this.#standings('team', name, now), now);
  }

  async host(id: string): Promise<HostView | null> {
    const now = this.#clock.now();
    const host = await this.#reads.earner('host', id);
    if (host === null || host.belongsTo === null) return null;
    return toHostView(host, host.belongsTo, await this.#reads.creditDays('host', id, firstDayShown(now)), now);
  }

  /** null: nobody is called what `after` or `around` says. */
  async leaderboard(question: BoardQuestion): Promise<Leaderboard | null> {
    const { of, by, limit, after = null, around } = question;
    const kind = of === 'accounts' ? 'account' : 'team';
    const named = around ?? after;
    const start = named === null ? null : await this.#reads.earner(kind, named);
    if (named !== null && start === null) return null;
    const isAround = around !== undefined && start !== null;
    const rows = isAround ? await this.#neighbours(kind, by, start, limit) : await this.#reads.ranking(kind, by, { limit, after });
    const next = rows.length < limit ? null : (rows.at(-1)?.id ?? null);
    const first = rows[0] === undefined ? null : await this.#reads.rank(kind, by, rows[0].id);
    return this.#toBoard(of, by, rows, first, next);
  }

  /** Half of them above, the rest below; alone when it is in no ranking. */
  async #neighbours(kind: Ranked, by: Ranking, self: Earner, limit: number): Promise<Earner[]> {
    const above = await this.#reads.ranking(kind, by, { limit: limit >> 1, after: self.id, direction: 'above' });
    const below = await this.#reads.ranking(kind, by, { limit: Math.max(0, limit - 1 - above.length), after: self.id });
    return [...above.toReversed(), self, ...below];
  }

  #toBoard(of: BoardQuestion['of'], by: Ranking, rows: readonly Earner[], first: number | null, next: string | null): Leaderboard {
    const asOf = this.#clock.now();
    const rankOf = (i: number) => (first === null ? null : first + i);
    return of === 'accounts'
      ? { of, asOf, by, next, lines: rows.map((row, i) => ({ rank: rankOf(i), ...toAccountLine(row, asOf) })) }
      : { of, asOf, by, next, lines: rows.map((row, i) => ({ rank: rankOf(i), ...toTeamLine(row, asOf) })) };
  }

  async #standings(kind: Ranked, id: string, now: number): Promise<Standings> {
    const [total, recent, days] = await Promise.all([
      this.#reads.rank(kind, 'total', id),
      this.#reads.rank(kind, 'recent', id),
      this.#reads.creditDays(kind, id, firstDayShown(now)),
    ]);
    return { ranks: { total, recent }, days };
  }
}
