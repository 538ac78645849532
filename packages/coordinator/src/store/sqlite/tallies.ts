/** What each host's word in a job has been put to: one row each, replaced whole. */
import type { HostId, JobId } from '@manyhands/protocol';
import type { Database, Statement } from 'better-sqlite3';
import type { Tally } from '../../domain/tally.ts';
import { type BulkInsert, prepareBulkInsert, type SqlValue } from './bulk-insert.ts';
import type { JobTable } from './jobs.ts';
import type { Parties } from './parties.ts';

export class TallyTable {
  readonly #jobs: JobTable;
  readonly #parties: Parties;
  readonly #put: BulkInsert;
  readonly #all: Statement<[number], { readonly hostNo: number; readonly checks: number; readonly convictions: number }>;

  constructor(db: Database, jobs: JobTable, parties: Parties) {
    this.#jobs = jobs;
    this.#parties = parties;
    const replace = 'DO UPDATE SET checks = excluded.checks, convictions = excluded.convictions';
    this.#put = prepareBulkInsert(db, 'tally', ['job_no', 'host_no', 'checks', 'convictions'], replace);
    this.#all = db.prepare('SELECT host_no AS hostNo, checks, convictions FROM tally WHERE job_no = ?');
  }

  write(tallies: readonly Tally[]): void {
    const values: SqlValue[] = [];
    for (const { job, host, checks, convictions } of tallies)
      values.push(this.#jobs.numberOf(job), this.#parties.numberOf(host), checks, convictions);
    this.#put(values);
  }

  of(job: JobId): Tally[] {
    return this.#all
      .all(this.#jobs.find(job)?.no ?? -1)
      .map(({ hostNo, ...counted }) => ({ job, host: this.#parties.idOf<HostId>(hostNo), ...counted }));
  }
}
