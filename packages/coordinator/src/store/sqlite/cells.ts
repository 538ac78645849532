/**
 * The map of each job's search space, counted as units change: at most 400 rows a job, so that no page ever scans units (ST15).
 * When a job outgrows its cells they are merged in pairs: all cells of a job have one size, a power of two.
 */
import type { AccountId, JobId } from '@manyhands/protocol';
import type { Database, Statement } from 'better-sqlite3';
import type { ChangeSet } from '../../domain/change-set.ts';
import type { JobCell } from '../../ports/read-store.ts';
import { NAMES_PER_CELL, unitsPerCell } from '../job-cells.ts';
import type { JobTable } from './jobs.ts';
import type { Parties } from './parties.ts';

interface CellChange {
  rows: number;
  final: number;
  failed: number;
  cancelled: number;
  readonly accounts: Set<AccountId>;
  readonly takenBackFrom: Set<AccountId>;
}

const UNCHANGED = { rows: 0, final: 0, failed: 0, cancelled: 0 };

interface CellRow {
  readonly cell: number;
  readonly rows: number;
  readonly final: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly accounts: string;
}

export class CellTable {
  readonly #jobs: JobTable;
  readonly #parties: Parties;
  readonly #size: Statement<[number], number>;
  readonly #resize: Statement<[number, number]>;
  readonly #read: Statement<[number, number], CellRow>;
  readonly #all: Statement<[number], CellRow>;
  readonly #put: Statement<[number, number, number, number, number, number, string]>;
  readonly #clear: Statement<[number]>;
  readonly #standing: Statement<[number, number, number, number], number>;

  constructor(db: Database, jobs: JobTable, parties: Parties) {
    this.#jobs = jobs;
    this.#parties = parties;
    this.#size = db.prepare<[number], number>('SELECT units_per_cell FROM job WHERE job_no = ?').pluck();
    this.#resize = db.prepare('UPDATE job SET units_per_cell = ? WHERE job_no = ?');
    const columns = 'cell, rows, final, failed, cancelled, accounts';
    this.#read = db.prepare(`SELECT ${columns} FROM cell WHERE job_no = ? AND cell = ?`);
    this.#all = db.prepare(`SELECT ${columns} FROM cell WHERE job_no = ? ORDER BY cell`);
    this.#put = db.prepare('INSERT OR REPLACE INTO cell VALUES (?, ?, ?, ?, ?, ?, ?)');
    this.#clear = db.prepare('DELETE FROM cell WHERE job_no = ?');
    this.#standing = db
      .prepare<[number, number, number, number], number>(
        `SELECT DISTINCT account_no FROM posting AS granted WHERE job_no = ? AND idx >= ? AND idx < ? AND kind = 0 AND NOT EXISTS
           (SELECT 1 FROM posting WHERE job_no = granted.job_no AND idx = granted.idx AND no = granted.no AND kind = 1) LIMIT ?`,
      )
      .pluck();
  }

  write(changes: ChangeSet): void {
    for (const job of changes.jobs ?? []) this.#fit(this.#jobs.numberOf(job.id), unitsPerCell(job.unitCount));
    for (const [job, { size, cells }] of this.#count(changes))
      for (const [cell, change] of cells) this.#add(this.#jobs.numberOf(job), size, cell, change);
  }

  read(job: JobId, nameOf: (account: AccountId) => string | null): { unitsPerCell: number; cells: JobCell[] } {
    const facts = this.#jobs.find(job);
    if (facts === null) return { unitsPerCell: 1, cells: [] };
    const cells = this.#all.all(facts.no).map(({ cell, rows, final, failed, cancelled, accounts }) => ({
      cell,
      final,
      failed,
      cancelled,
      active: rows - final - failed - cancelled,
      accounts: this.#accounts(accounts).map((account) => nameOf(account) ?? account),
    }));
    return { unitsPerCell: this.#size.get(facts.no) as number, cells };
  }

  #count(changes: ChangeSet): Map<JobId, { readonly size: number; readonly cells: Map<number, CellChange> }> {
    const jobs = new Map<JobId, { size: number; cells: Map<number, CellChange> }>();
    const at = (job: JobId, index: number): CellChange => {
      const { size, cells } =
        jobs.get(job) ?? put(jobs, job, { size: this.#size.get(this.#jobs.numberOf(job)) as number, cells: new Map() });
      const cell = Math.floor(index / size);
      return cells.get(cell) ?? put(cells, cell, { ...UNCHANGED, accounts: new Set(), takenBackFrom: new Set() });
    };
    for (const unit of changes.units ?? []) if (unit.revision === 1) at(unit.job, unit.index).rows += 1;
    for (const ending of changes.endings ?? []) at(ending.job, ending.index)[ending.state] += 1;
    for (const { job, index } of changes.retractions ?? []) at(job, index).final -= 1;
    for (const { kind, job, index, account } of changes.postings ?? [])
      (kind === 'valid-result' ? at(job, index).accounts : at(job, index).takenBackFrom).add(account);
    return jobs;
  }

  #add(jobNo: number, size: number, cell: number, change: CellChange): void {
    const row = this.#read.get(jobNo, cell);
    const named = [...new Set([...this.#accounts(row?.accounts ?? '[]'), ...change.accounts])].slice(0, NAMES_PER_CELL);
    // Only a name that may be wrong now is worth a look at the ledger, which ends with the third that is right.
    const numbers = named.some((account) => change.takenBackFrom.has(account))
      ? this.#standing.all(jobNo, cell * size, (cell + 1) * size, NAMES_PER_CELL)
      : named.map((account) => this.#parties.numberOf(account));
    this.#put.run(
      jobNo,
      cell,
      (row?.rows ?? 0) + change.rows,
      (row?.final ?? 0) + change.final,
      (row?.failed ?? 0) + change.failed,
      (row?.cancelled ?? 0) + change.cancelled,
      JSON.stringify(numbers),
    );
  }

  /** Makes the job's cells `size` units large; they only ever grow. */
  #fit(jobNo: number, size: number): void {
    const before = this.#size.get(jobNo) as number;
    if (before >= size) return;
    const rows = this.#all.all(jobNo);
    this.#clear.run(jobNo);
    this.#resize.run(size, jobNo);
    for (const { cell, accounts, ...counts } of rows)
      this.#add(jobNo, size, Math.floor((cell * before) / size), {
        ...counts,
        accounts: new Set(this.#accounts(accounts)),
        takenBackFrom: new Set(),
      });
  }

  #accounts(numbers: string): AccountId[] {
    return (JSON.parse(numbers) as number[]).map((number) => this.#parties.idOf<AccountId>(number));
  }
}

function put<K, V>(map: Map<K, V>, key: K, value: V): V {
  map.set(key, value);
  return value;
}
