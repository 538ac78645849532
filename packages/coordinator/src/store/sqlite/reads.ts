/** What pages and authors ask across tables. Each costs what it returns, not what is stored. */
import type { JobId, ResultRow } from '@manyhands/protocol';
import type { Database, Statement } from 'better-sqlite3';
import { toResultRow } from '../result-row.ts';
import { toPayload } from './evidence.ts';
import type { Tables } from './tables.ts';
import { decodeUnit, type UnitRow } from './unit-codec.ts';

interface EndedRow extends UnitRow {
  readonly ending: number;
  /** null: the unit is not final. */
  readonly content: string | null;
  readonly blob_bytes: number | null;
}

export interface Totals {
  readonly hosts: number;
  readonly accounts: number;
  readonly finalUnits: number;
  readonly validResults: number;
  readonly microcredits: number;
}

export class Reads {
  readonly #tables: Tables;
  readonly #ended: Statement<[number, number, number], EndedRow>;
  readonly #totals: Statement<[], Totals>;

  constructor(db: Database, tables: Tables) {
    this.#tables = tables;
    // What came after a verdict that was taken back since may be the answer of the next.
    this.#ended = db.prepare(
      `SELECT unit.idx, revision, phase, body, ending, coalesce(own.content, heard.content) AS content,
         coalesce(own.blob_bytes, heard.blob_bytes) AS blob_bytes FROM unit INDEXED BY unit_ending
       LEFT JOIN result AS own ON own.job_no = unit.job_no AND own.idx = unit.idx AND own.no = canonical AND own.late = 0 AND own.error IS NULL
       LEFT JOIN result AS heard ON own.no IS NULL
         AND heard.job_no = unit.job_no AND heard.idx = unit.idx AND heard.no = canonical AND heard.late = 1 AND heard.error IS NULL
       WHERE unit.job_no = ? AND ending > ? ORDER BY ending LIMIT ?`,
    );
    this.#totals = db.prepare(
      'SELECT hosts, accounts, final_units AS finalUnits, valid_results AS validResults, microcredits FROM store_state',
    );
  }

  totals(): Totals {
    return this.#totals.get() as Totals;
  }

  results(job: JobId, after: number, limit: number): ResultRow[] {
    const { hosts, inputs, jobs, parties } = this.#tables;
    const facts = jobs.find(job);
    if (facts === null) return [];
    const nameOf = hosts.accountNames();
    return this.#ended.all(facts.no, after, limit).map((row) => {
      const unit = decodeUnit(job, row, parties);
      const output = row.content === null ? null : toPayload(row.content, row.blob_bytes);
      return toResultRow({ unit, cursor: row.ending, input: inputs.load(unit), output }, nameOf);
    });
  }
}
