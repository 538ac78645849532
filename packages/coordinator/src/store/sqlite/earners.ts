/**
 * What accounts, hosts and teams have earned: one row each, kept with every commit, and one for each of their days. A team's row is the sum of
 * its accounts' rows; an account that changes sides takes its own along, and a team without accounts is gone. Rows in use are remembered, so
 * that a commit only writes.
 */
import type { Database, Statement } from 'better-sqlite3';
import { type Balance, balanceOf, type CreditDay, daysOf, EMPTY_BALANCE, negated, sumBalances } from '../../domain/balance.ts';
import type { Posting } from '../../domain/change-set.ts';
import { recentRank } from '../../domain/recent-credit.ts';
import type { EarnerKind } from '../../ports/credit-reads.ts';
import { type BulkInsert, prepareBulkInsert, type SqlValue } from './bulk-insert.ts';
import type { Parties } from './parties.ts';

/** By the number that is stored. */
export const EARNER_KINDS = ['account', 'host', 'team'] as const satisfies readonly EarnerKind[];

export const teamParty = (name: string): string => `team:${name}`;

export interface EarnerRow {
  readonly partyNo: number;
  readonly kind: EarnerKind;
  readonly name: string | null;
  readonly belongsNo: number | null;
  readonly members: number;
  readonly postings: number;
  readonly invalidResults: number;
  readonly balance: Balance;
}

const OWN = ['kind', 'name', 'belongs_no', 'members', 'postings', 'invalid_results'] as const;
const BALANCE = ['valid_results', 'microcredits', 'recent', 'recent_at', 'recent_rank'] as const;
const COLUMNS = ['party_no', ...OWN, ...BALANCE] as const;
export const EARNER_COLUMNS = COLUMNS.slice(0, -1).join(', ');

/** As read with EARNER_COLUMNS, raw. */
export type EarnerFields = [number, number, string | null, number | null, number, number, number, number, number, number, number];

export function decodeEarner(fields: EarnerFields): EarnerRow {
  const [partyNo, kind, name, belongsNo, members, postings, invalidResults, validResults, microcredits, perDay, at] = fields;
  const balance = { validResults, microcredits, recent: { perDay, at } };
  return { partyNo, kind: EARNER_KINDS[kind] as EarnerKind, name, belongsNo, members, postings, invalidResults, balance };
}

function encodeEarner({ partyNo, kind, name, belongsNo, members, postings, invalidResults, balance }: EarnerRow): SqlValue[] {
  const { validResults, microcredits, recent } = balance;
  const own = [partyNo, EARNER_KINDS.indexOf(kind as never), name, belongsNo, members, postings, invalidResults];
  return [...own, validResults, microcredits, recent.perDay, recent.at, recentRank(recent)];
}

/** A cache, so it may forget; what it forgets is read again. */
const REMEMBERED = 10_000;

export class EarnerTable {
  readonly #parties: Parties;
  readonly #read: Statement<[number], EarnerFields>;
  readonly #put: BulkInsert;
  readonly #remove: Statement<[number]>;
  readonly #addDays: BulkInsert;
  readonly #moveDays: Statement<{ to: number; from: number; sign: number }>;
  readonly #removeDays: Statement<[number]>;
  readonly #rows = new Map<number, EarnerRow>();

  constructor(db: Database, parties: Parties) {
    this.#parties = parties;
    this.#read = db.prepare<[number], EarnerFields>(`SELECT ${EARNER_COLUMNS} FROM earner WHERE party_no = ?`).raw();
    const replace = [...OWN, ...BALANCE].map((column) => `${column} = excluded.${column}`).join(', ');
    this.#put = prepareBulkInsert(db, 'earner', COLUMNS, `DO UPDATE SET ${replace}`);
    this.#remove = db.prepare('DELETE FROM earner WHERE party_no = ?');
    const add = 'DO UPDATE SET valid_results = valid_results + excluded.valid_results, microcredits = microcredits + excluded.microcredits';
    this.#addDays = prepareBulkInsert(db, 'credit_day', ['party_no', 'day', 'valid_results', 'microcredits'], add);
    this.#moveDays = db.prepare(
      `INSERT INTO credit_day SELECT @to, day, @sign * valid_results, @sign * microcredits FROM credit_day WHERE party_no = @from ON CONFLICT ${add}`,
    );
    this.#removeDays = db.prepare('DELETE FROM credit_day WHERE party_no = ?');
  }

  find(partyNo: number): EarnerRow | null {
    const known = this.#rows.get(partyNo);
    if (known !== undefined) return known;
    const fields = this.#read.get(partyNo);
    return fields === undefined ? null : this.#remember(decodeEarner(fields));
  }

  /** After a rollback: rows changed since are not what is stored. */
  forget(): void {
    this.#rows.clear();
  }

  describeHost(partyNo: number, named: Pick<EarnerRow, 'name' | 'belongsNo'>): void {
    this.#change([{ ...this.#get(partyNo, 'host'), ...named }]);
  }

  describeAccount(partyNo: number, { team, ...named }: Pick<EarnerRow, 'name' | 'members'> & { readonly team: string | null }): void {
    const account = { ...this.#get(partyNo, 'account'), ...named };
    const belongsNo = team === null ? null : this.#parties.numberOf(teamParty(team));
    this.#change([{ ...account, belongsNo }]);
    if (belongsNo === account.belongsNo) return;
    if (account.belongsNo !== null) this.#leave(account, account.belongsNo);
    if (belongsNo !== null) this.#enter(account, belongsNo, team);
  }

  write(postings: readonly Posting[]): void {
    const changed = new Map<number, EarnerRow>();
    const days: SqlValue[] = [];
    const earn = (row: EarnerRow, postings: readonly Posting[], balance: Balance, earned: readonly CreditDay[]): void => {
      const before = changed.get(row.partyNo) ?? row;
      changed.set(row.partyNo, { ...before, postings: before.postings + postings.length, balance: sumBalances(before.balance, balance) });
      for (const { day, validResults, microcredits } of earned) days.push(row.partyNo, day, validResults, microcredits);
    };
    for (const [host, own] of Map.groupBy(postings, (posting) => posting.host))
      earn(this.#get(this.#parties.numberOf(host), 'host'), own, balanceOf(own), daysOf(own));
    for (const [id, own] of Map.groupBy(postings, (posting) => posting.account)) {
      const account = this.#get(this.#parties.numberOf(id), 'account');
      const [balance, earned] = [balanceOf(own), daysOf(own)];
      earn(account, own, balance, earned);
      if (account.belongsNo !== null) earn(this.#get(account.belongsNo, 'team'), own, balance, earned);
    }
    this.#change([...changed.values()]);
    this.#addDays(days);
  }

  /** One more result of this host and account was judged invalid. */
  refute(host: string, account: string): void {
    const by = this.#get(this.#parties.numberOf(account), 'account');
    const team = by.belongsNo === null ? [] : [this.#get(by.belongsNo, 'team')];
    const rows = [this.#get(this.#parties.numberOf(host), 'host'), by, ...team];
    this.#change(rows.map((row) => ({ ...row, invalidResults: row.invalidResults + 1 })));
  }

  #enter(account: EarnerRow, teamNo: number, name: string | null): void {
    const team = this.#get(teamNo, 'team');
    this.#change([{ ...joined(team, account, 1), name }]);
    this.#moveDays.run({ to: teamNo, from: account.partyNo, sign: 1 });
  }

  #leave(account: EarnerRow, teamNo: number): void {
    const team = joined(this.#get(teamNo, 'team'), account, -1);
    if (team.members > 0) {
      this.#change([team]);
      this.#moveDays.run({ to: teamNo, from: account.partyNo, sign: -1 });
    } else {
      this.#remove.run(teamNo);
      this.#removeDays.run(teamNo);
      this.#rows.delete(teamNo);
    }
  }

  #get(partyNo: number, kind: EarnerKind): EarnerRow {
    return (
      this.find(partyNo) ?? {
        partyNo,
        kind,
        name: null,
        belongsNo: null,
        members: 0,
        postings: 0,
        invalidResults: 0,
        balance: EMPTY_BALANCE,
      }
    );
  }

  #change(rows: readonly EarnerRow[]): void {
    this.#put(rows.flatMap(encodeEarner));
    for (const row of rows) this.#remember(row);
  }

  #remember(row: EarnerRow): EarnerRow {
    if (this.#rows.size >= REMEMBERED) this.forget();
    this.#rows.set(row.partyNo, row);
    return row;
  }
}

/** The team with the account in it, or (`sign` −1) without it. */
const joined = (team: EarnerRow, account: EarnerRow, sign: 1 | -1): EarnerRow => ({
  ...team,
  members: team.members + sign,
  postings: team.postings + sign * account.postings,
  invalidResults: team.invalidResults + sign * account.invalidResults,
  balance: sumBalances(team.balance, sign === 1 ? account.balance : negated(account.balance)),
});
