/** Hosts, and what they say of the accounts behind them: name and team. */
import type { AccountId, HostId } from '@manyhands/protocol';
import type { Database, Statement } from 'better-sqlite3';
import type { Host } from '../../domain/change-set.ts';
import type { EarnerTable } from './earners.ts';
import type { Parties } from './parties.ts';

interface AccountFacts {
  readonly name: string | null;
  readonly team: string | null;
  readonly members: number;
}

export class HostTable {
  readonly #parties: Parties;
  readonly #earners: EarnerTable;
  readonly #accountOf: Statement<[number], number>;
  readonly #upsert: Statement<[number, number, string | null, number, string, string | null]>;
  readonly #load: Statement<[number], string>;
  readonly #describeAccount: Statement<[{ account: number }], AccountFacts>;
  readonly #countAccounts: Statement<[number, number]>;

  constructor(db: Database, parties: Parties, earners: EarnerTable) {
    this.#parties = parties;
    this.#earners = earners;
    this.#accountOf = db.prepare<[number], number>('SELECT account_no FROM host WHERE host_no = ?').pluck();
    this.#upsert = db.prepare('INSERT OR REPLACE INTO host VALUES (?, ?, ?, ?, ?, ?)');
    this.#load = db.prepare<[number], string>('SELECT body FROM host WHERE host_no = ?').pluck();
    // An account goes by the name and the team of its host seen last among those that give one (ST14, CD10).
    const latest = (column: string) =>
      `(SELECT host.${column} FROM host JOIN party ON party_no = host_no WHERE account_no = @account AND host.${column} IS NOT NULL
        ORDER BY last_seen_at DESC, id LIMIT 1)`;
    this.#describeAccount = db.prepare(
      `SELECT ${latest('name')} AS name, ${latest('team')} AS team, (SELECT count(*) FROM host WHERE account_no = @account) AS members`,
    );
    this.#countAccounts = db.prepare('UPDATE store_state SET hosts = hosts + ?, accounts = accounts + ?');
  }

  write(hosts: readonly Host[]): void {
    for (const host of hosts) this.#write(host);
  }

  load(id: HostId): Host | null {
    const body = this.#load.get(this.#parties.find(id) ?? -1);
    return body === undefined ? null : (JSON.parse(body) as Host);
  }

  /** Looks names up for one answer, each once; null: no host of the account gives a name. */
  accountNames(): (account: AccountId) => string | null {
    const known = new Map<AccountId, string | null>();
    return (account) => {
      if (!known.has(account)) known.set(account, this.#earners.find(this.#parties.find(account) ?? -1)?.name ?? null);
      return known.get(account) ?? null;
    };
  }

  #write(host: Host): void {
    const hostNo = this.#parties.numberOf(host.id);
    const account = this.#parties.numberOf(host.account);
    const before = this.#accountOf.get(hostNo);
    const accounts = new Set([account, before ?? account]);
    const had = this.#populated(accounts);
    this.#upsert.run(hostNo, account, host.displayName, host.lastSeenAt, JSON.stringify(host), host.team ?? null);
    this.#earners.describeHost(hostNo, { name: host.displayName, belongsNo: account });
    for (const touched of accounts) this.#earners.describeAccount(touched, this.#describeAccount.get({ account: touched }) as AccountFacts);
    const gained = this.#populated(accounts) - had;
    if (before === undefined || gained !== 0) this.#countAccounts.run(before === undefined ? 1 : 0, gained);
  }

  /** How many of the accounts have a host. */
  #populated(accounts: ReadonlySet<number>): number {
    return [...accounts].filter((account) => (this.#earners.find(account)?.members ?? 0) > 0).length;
  }
}
