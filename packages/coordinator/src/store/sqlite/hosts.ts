/** Hosts, and the accounts behind them by name. */
import type { AccountId, HostId } from '@manyhands/protocol';
import type { Database, Statement } from 'better-sqlite3';
import type { Host } from '../../domain/change-set.ts';
import type { Parties } from './parties.ts';

export class HostTable {
  readonly #parties: Parties;
  readonly #accountOf: Statement<[number], number>;
  readonly #upsert: Statement<[number, number, string | null, number, string]>;
  readonly #load: Statement<[number], string>;
  readonly #describeAccount: Statement<[{ account: number }]>;
  readonly #countAccounts: Statement<[number, number]>;
  readonly #hostsOf: Statement<[number], number>;
  readonly #nameOf: Statement<[number], string | null>;

  constructor(db: Database, parties: Parties) {
    this.#parties = parties;
    this.#accountOf = db.prepare<[number], number>('SELECT account_no FROM host WHERE host_no = ?').pluck();
    this.#upsert = db.prepare('INSERT OR REPLACE INTO host VALUES (?, ?, ?, ?, ?)');
    this.#load = db.prepare<[number], string>('SELECT body FROM host WHERE host_no = ?').pluck();
    // An account goes by the name of its host seen last among those that give one (ST14).
    this.#describeAccount = db.prepare(
      `INSERT INTO account (account_no, name, hosts) VALUES (
         @account,
         (SELECT host.name FROM host JOIN party ON party_no = host_no WHERE account_no = @account AND host.name IS NOT NULL
          ORDER BY last_seen_at DESC, id LIMIT 1),
         (SELECT count(*) FROM host WHERE account_no = @account))
       ON CONFLICT DO UPDATE SET name = excluded.name, hosts = excluded.hosts`,
    );
    this.#countAccounts = db.prepare('UPDATE store_state SET hosts = hosts + ?, accounts = accounts + ?');
    this.#hostsOf = db.prepare<[number], number>('SELECT hosts FROM account WHERE account_no = ?').pluck();
    this.#nameOf = db.prepare<[number], string | null>('SELECT name FROM account WHERE account_no = ?').pluck();
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
      if (!known.has(account)) known.set(account, this.#nameOf.get(this.#parties.find(account) ?? -1) ?? null);
      return known.get(account) ?? null;
    };
  }

  #write(host: Host): void {
    const hostNo = this.#parties.numberOf(host.id);
    const account = this.#parties.numberOf(host.account);
    const before = this.#accountOf.get(hostNo);
    const accounts = new Set([account, before ?? account]);
    const had = this.#populated(accounts);
    this.#upsert.run(hostNo, account, host.displayName, host.lastSeenAt, JSON.stringify(host));
    for (const touched of accounts) this.#describeAccount.run({ account: touched });
    const gained = this.#populated(accounts) - had;
    if (before === undefined || gained !== 0) this.#countAccounts.run(before === undefined ? 1 : 0, gained);
  }

  /** How many of the accounts have a host. */
  #populated(accounts: ReadonlySet<number>): number {
    return [...accounts].filter((account) => (this.#hostsOf.get(account) ?? 0) > 0).length;
  }
}
