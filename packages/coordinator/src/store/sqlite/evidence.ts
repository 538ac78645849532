/** All that ever came back: append-only, at most one result and one late result per replica (ST10). */
import type { AccountId, Digest, ErrorKind, HostId, LeaseId, Payload } from '@manyhands/protocol';
import type { Database, Statement } from 'better-sqlite3';
import type { StoredResult } from '../../domain/change-set.ts';
import type { UnitRef } from '../../domain/work-unit.ts';
import { type BulkInsert, prepareBulkInsert, type SqlValue } from './bulk-insert.ts';
import type { JobTable } from './jobs.ts';
import type { Parties } from './parties.ts';

const COLUMNS = [
  'job_no',
  'idx',
  'no',
  'late',
  'lease',
  'host_no',
  'account_no',
  'received_at',
  'elapsed_ms',
  'error',
  'digest',
  'content',
  'blob_bytes',
] as const;

interface ResultColumns {
  readonly no: number;
  readonly late: number;
  readonly lease: LeaseId;
  readonly host_no: number;
  readonly account_no: number;
  readonly received_at: number;
  readonly elapsed_ms: number;
  readonly error: ErrorKind | null;
  readonly digest: Digest | null;
  readonly content: string;
  readonly blob_bytes: number | null;
}

export const toPayload = (content: string, blobBytes: number | null): Payload =>
  blobBytes === null ? content : { blob: content as Digest, bytes: blobBytes };

export class EvidenceTable {
  readonly #jobs: JobTable;
  readonly #parties: Parties;
  readonly #insert: BulkInsert;
  readonly #insertLate: BulkInsert;
  readonly #output: Statement<[number, number, number], [string, number | null]>;
  readonly #all: Statement<[number, number], ResultColumns>;

  constructor(db: Database, jobs: JobTable, parties: Parties) {
    this.#jobs = jobs;
    this.#parties = parties;
    this.#insert = prepareBulkInsert(db, 'result', COLUMNS);
    this.#insertLate = prepareBulkInsert(db, 'result', COLUMNS, 'DO NOTHING');
    this.#output = db
      .prepare<[number, number, number], [string, number | null]>(
        'SELECT content, blob_bytes FROM result WHERE job_no = ? AND idx = ? AND no = ? AND late = 0 AND error IS NULL',
      )
      .raw();
    this.#all = db.prepare(`SELECT ${COLUMNS.join(', ')} FROM result WHERE job_no = ? AND idx = ? ORDER BY received_at, no, late`);
  }

  write(results: readonly StoredResult[]): void {
    const own: SqlValue[] = [];
    const late: SqlValue[] = [];
    for (const result of results) this.#flatten(result, result.late ? late : own);
    this.#insert(own);
    this.#insertLate(late);
  }

  /** null: the replica returned no output in time. */
  output({ job, index }: UnitRef, no: number): Payload | null {
    const row = this.#output.get(this.#jobs.find(job)?.no ?? -1, index, no);
    return row === undefined ? null : toPayload(...row);
  }

  of(ref: UnitRef): StoredResult[] {
    return this.#all.all(this.#jobs.find(ref.job)?.no ?? -1, ref.index).map((row) => this.#toResult(ref, row));
  }

  #flatten(result: StoredResult, into: SqlValue[]): void {
    const { body } = result;
    into.push(
      this.#jobs.numberOf(result.job),
      result.index,
      result.no,
      result.late ? 1 : 0,
      result.lease,
      this.#parties.numberOf(result.host),
      this.#parties.numberOf(result.account),
      result.receivedAt,
      result.elapsedMs,
    );
    if (body.kind === 'error') into.push(body.error, null, body.message, null);
    else if (typeof body.output === 'string') into.push(null, body.digest, body.output, null);
    else into.push(null, body.digest, body.output.blob, body.output.bytes);
  }

  #toResult({ job, index }: UnitRef, row: ResultColumns): StoredResult {
    return {
      job,
      index,
      no: row.no,
      lease: row.lease,
      host: this.#parties.idOf<HostId>(row.host_no),
      account: this.#parties.idOf<AccountId>(row.account_no),
      receivedAt: row.received_at,
      elapsedMs: row.elapsed_ms,
      late: row.late === 1,
      body:
        row.error === null
          ? { kind: 'ok', digest: row.digest as Digest, output: toPayload(row.content, row.blob_bytes) }
          : { kind: 'error', error: row.error, message: row.content },
    };
  }
}
