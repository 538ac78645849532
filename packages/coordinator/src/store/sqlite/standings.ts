/** What hosts have earned for a task: one row each, replaced whole. */
import type { AccountId, HostId, TaskId } from '@manyhands/protocol';
import type { Database, Statement } from 'better-sqlite3';
import type { Standing } from '../../domain/standing.ts';
import { type BulkInsert, prepareBulkInsert, type SqlValue } from './bulk-insert.ts';
import type { Parties } from './parties.ts';

const EARNED = ['account_no', 'passed', 'verified', 'convictions', 'quota', 'setbacks', 'suspended_until', 'banned'] as const;

interface StandingRow extends Omit<Standing, 'task' | 'host' | 'account' | 'isBanned'> {
  readonly hostNo: number;
  readonly accountNo: number;
  readonly banned: number;
}

export class StandingTable {
  readonly #parties: Parties;
  readonly #put: BulkInsert;
  readonly #all: Statement<[number], StandingRow>;

  constructor(db: Database, parties: Parties) {
    this.#parties = parties;
    const replace = `DO UPDATE SET ${EARNED.map((column) => `${column} = excluded.${column}`).join(', ')}`;
    this.#put = prepareBulkInsert(db, 'standing', ['task_no', 'host_no', ...EARNED], replace);
    this.#all = db.prepare(
      `SELECT host_no AS hostNo, account_no AS accountNo, passed, verified, convictions, quota, setbacks, suspended_until AS suspendedUntil, banned
       FROM standing WHERE task_no = ?`,
    );
  }

  write(standings: readonly Standing[]): void {
    const values: SqlValue[] = [];
    for (const { task, host, account, passed, verified, convictions, quota, setbacks, suspendedUntil, isBanned } of standings)
      values.push(
        this.#parties.numberOf(task),
        this.#parties.numberOf(host),
        this.#parties.numberOf(account),
        passed,
        verified,
        convictions,
        quota,
        setbacks,
        suspendedUntil,
        isBanned ? 1 : 0,
      );
    this.#put(values);
  }

  of(task: TaskId): Standing[] {
    return this.#all.all(this.#parties.find(task) ?? -1).map(({ hostNo, accountNo, banned, ...earned }) => ({
      task,
      host: this.#parties.idOf<HostId>(hostNo),
      account: this.#parties.idOf<AccountId>(accountNo),
      ...earned,
      isBanned: banned === 1,
    }));
  }
}
