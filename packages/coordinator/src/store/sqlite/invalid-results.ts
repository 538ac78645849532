/** Results that were judged and not believed: each is counted once against its host and account, however often its unit changes. */
import type { Database, Statement } from 'better-sqlite3';
import type { WorkUnit } from '../../domain/work-unit.ts';
import type { EarnerTable } from './earners.ts';
import type { JobTable } from './jobs.ts';

export class InvalidResults {
  readonly #jobs: JobTable;
  readonly #earners: EarnerTable;
  readonly #insert: Statement<[number, number, number]>;

  constructor(db: Database, jobs: JobTable, earners: EarnerTable) {
    this.#jobs = jobs;
    this.#earners = earners;
    this.#insert = db.prepare('INSERT INTO invalid_result VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
  }

  write(units: readonly WorkUnit[]): void {
    for (const { job, index, replicas } of units)
      for (const replica of replicas) {
        if (replica.kind !== 'judged' || replica.valid) continue;
        if (this.#insert.run(this.#jobs.numberOf(job), index, replica.no).changes === 1)
          this.#earners.refute(replica.host, replica.account);
      }
  }
}
