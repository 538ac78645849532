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

interface Tally {
  rows: number;
  final: number;
  failed: number;
  cancelled: number;
  readonly accounts: Set<AccountId>;
}

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
  }

  write(changes: ChangeSet): void {
    for (const job of changes.jobs ?? []) this.#fit(this.#jobs.numberOf(job.id), unitsPerCell(job.unitCount));
    const tallies = this.#tally(changes);
    for (const [job, cells] of tallies) for (const [cell, tally] of cells) this.#add(this.#jobs.numberOf(job), cell, tally);
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

  #tally(changes: ChangeSet): Map<JobId, Map<number, Tally>> {
    const jobs = new Map<JobId, { size: number; cells: Map<number, Tally> }>();
    const at = (job: JobId, index: number): Tally => {
      const { size, cells } =
        jobs.get(job) ?? put(jobs, job, { size: this.#size.get(this.#jobs.numberOf(job)) as number, cells: new Map() });
      const cell = Math.floor(index / size);
      return cells.get(cell) ?? put(cells, cell, { rows: 0, final: 0, failed: 0, cancelled: 0, accounts: new Set() });
    };
    for (const unit of changes.units ?? []) if (unit.revision === 1) at(unit.job, unit.index).rows += 1;
    for (const ending of changes.endings ?? []) at(ending.job, ending.index)[ending.state] += 1;
    for (const { kind, job, index, account } of changes.postings ?? []) if (kind === 'valid-result') at(job, index).accounts.add(account);
    return new Map([...jobs].map(([job, { cells }]) => [job, cells]));
  }

  #add(jobNo: number, cell: number, tally: Tally): void {
    const row = this.#read.get(jobNo, cell);
    const accounts = [...new Set([...this.#accounts(row?.accounts ?? '[]'), ...tally.accounts])];
    this.#put.run(
      jobNo,
      cell,
      (row?.rows ?? 0) + tally.rows,
      (row?.final ?? 0) + tally.final,
      (row?.failed ?? 0) + tally.failed,
      (row?.cancelled ?? 0) + tally.cancelled,
      JSON.stringify(accounts.slice(0, NAMES_PER_CELL).map((account) => this.#parties.numberOf(account))),
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
      this.#add(jobNo, Math.floor((cell * before) / size), { ...counts, accounts: new Set(this.#accounts(accounts)) });
  }

  #accounts(numbers: string): AccountId[] {
    return (JSON.parse(numbers) as number[]).map((number) => this.#parties.idOf<AccountId>(number));
  }
}

function put<K, V>(map: Map<K, V>, key: K, value: V): V {
  map.set(key, value);
  return value;
}
