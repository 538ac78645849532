/** Postings, append-only, and the sums that pages read, kept in the same transaction: once per commit, not once per posting. */
import { type AccountId, type HostId, type JobId, unitIdOf } from '@manyhands/protocol';
import type { Database, Statement } from 'better-sqlite3';
import type { Ending, Posting } from '../../domain/change-set.ts';
import type { UnitRef } from '../../domain/work-unit.ts';
import { microcreditsIn, neverGranted, validIn } from '../posting-sums.ts';
import { type BulkInsert, prepareBulkInsert, type SqlValue } from './bulk-insert.ts';
import type { EarnerTable } from './earners.ts';
import type { JobTable } from './jobs.ts';
import type { Parties } from './parties.ts';

const COLUMNS = ['job_no', 'idx', 'no', 'kind', 'host_no', 'account_no', 'microcredits', 'at'] as const;
/** By the number that is stored: only ever appended to. */
const KINDS = ['valid-result', 'revocation'] as const satisfies readonly Posting['kind'][];

type PostingRow = [no: number, kind: number, host: number, account: number, microcredits: number, at: number];

export class Ledger {
  readonly #jobs: JobTable;
  readonly #parties: Parties;
  readonly #earners: EarnerTable;
  readonly #insert: BulkInsert;
  readonly #isGranted: Statement<[number, number, number, number, number, number], 1>;
  readonly #addToJobHost: Statement<[number, number, number], number>;
  readonly #addToJob: Statement<[number, number]>;
  readonly #addToTotals: Statement<[number, number, number]>;
  readonly #hostsOf: Statement<[JobId], number>;
  readonly #ofUnit: Statement<[number, number], PostingRow>;

  constructor(db: Database, jobs: JobTable, parties: Parties, earners: EarnerTable) {
    this.#jobs = jobs;
    this.#parties = parties;
    this.#earners = earners;
    this.#insert = prepareBulkInsert(db, 'posting', COLUMNS);
    this.#isGranted = db
      .prepare<[number, number, number, number, number, number], 1>(
        'SELECT 1 FROM posting WHERE job_no = ? AND idx = ? AND no = ? AND kind = 0 AND host_no = ? AND account_no = ? AND microcredits = ?',
      )
      .pluck();
    this.#addToJobHost = db
      .prepare<[number, number, number], number>(
        `INSERT INTO job_host VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET valid_results = valid_results + excluded.valid_results
         RETURNING valid_results`,
      )
      .pluck();
    this.#addToJob = db.prepare('UPDATE job SET hosts = hosts + ? WHERE job_no = ?');
    this.#addToTotals = db.prepare(
      'UPDATE store_state SET final_units = final_units + ?, valid_results = valid_results + ?, microcredits = microcredits + ?',
    );
    this.#hostsOf = db.prepare<[JobId], number>('SELECT hosts FROM job WHERE id = ?').pluck();
    this.#ofUnit = db
      .prepare<[number, number], PostingRow>(
        'SELECT no, kind, host_no, account_no, microcredits, at FROM posting WHERE job_no = ? AND idx = ? ORDER BY no, at, kind',
      )
      .raw();
  }

  /** `retracted`: units that were final and are open again, or end anew among the endings. */
  write(postings: readonly Posting[], endings: readonly Ending[], retracted: number): void {
    this.#insert(this.#flatten(postings));
    for (const posting of postings) if (posting.kind === 'revocation') this.#assertGranted(posting);
    this.#earners.write(postings);
    for (const [job, own] of Map.groupBy(postings, (posting) => posting.job)) this.#countHosts(job, own);
    const final = endings.filter((ending) => ending.state === 'final').length;
    if (final + retracted + postings.length > 0) this.#addToTotals.run(final - retracted, validIn(postings), microcreditsIn(postings));
  }

  of({ job, index }: UnitRef): Posting[] {
    return this.#ofUnit.all(this.#jobs.find(job)?.no ?? -1, index).map(([no, kind, host, account, microcredits, at]) => ({
      job,
      index,
      no,
      kind: KINDS[kind] as Posting['kind'],
      host: this.#parties.idOf<HostId>(host),
      account: this.#parties.idOf<AccountId>(account),
      microcredits,
      at,
    }));
  }

  hostsOf(job: JobId): number {
    return this.#hostsOf.get(job) ?? 0;
  }

  /** What is taken back was granted, to the same and as much (ST24). */
  #assertGranted({ job, index, no, host, account, microcredits }: Posting): void {
    const [jobNo, hostNo, accountNo] = [this.#jobs.numberOf(job), this.#parties.numberOf(host), this.#parties.numberOf(account)];
    if (this.#isGranted.get(jobNo, index, no, hostNo, accountNo, -microcredits) === undefined) throw neverGranted(unitIdOf(job, index), no);
  }

  #countHosts(job: JobId, postings: readonly Posting[]): void {
    const jobNo = this.#jobs.numberOf(job);
    let change = 0;
    for (const [host, own] of Map.groupBy(postings, (posting) => posting.host)) {
      const added = validIn(own);
      const after = this.#addToJobHost.get(jobNo, this.#parties.numberOf(host), added) as number;
      change += Number(after > 0) - Number(after - added > 0);
    }
    if (change !== 0) this.#addToJob.run(change, jobNo);
  }

  #flatten(postings: readonly Posting[]): SqlValue[] {
    const values: SqlValue[] = [];
    for (const posting of postings)
      values.push(
        this.#jobs.numberOf(posting.job),
        posting.index,
        posting.no,
        KINDS.indexOf(posting.kind),
        this.#parties.numberOf(posting.host),
        this.#parties.numberOf(posting.account),
        posting.microcredits,
        posting.at,
      );
    return values;
  }
}
