/**
 * Reads a database beside the coordinator that may be writing it: a second connection, read-only, and never the file itself, because closing
 * that would drop the coordinator's locks on it. What one `atOneMoment` reads is of one moment, however much is committed meanwhile; until it
 * ends the log beside the database cannot be emptied, so it should be no longer than it must.
 */
import type { JobId, TaskId } from '@manyhands/protocol';
import { unitIdOf } from '@manyhands/protocol';
import { type Database as Connection, SqliteError, type Statement } from 'better-sqlite3';
import { StoreError } from '../../disk/store-error.ts';
import type { Ending, InputChunk, Posting, PublishedTask, StoredResult } from '../../domain/change-set.ts';
import type { Violation } from '../../domain/invariants.ts';
import type { Job } from '../../domain/job.ts';
import type { Standing } from '../../domain/standing.ts';
import type { Tally } from '../../domain/tally.ts';
import type { WorkUnit } from '../../domain/work-unit.ts';
import { earliestDeadline, readyReplicas } from '../unit-facts.ts';
import { bookSumViolations } from './book-sums.ts';
import { Catalogue } from './catalogue.ts';
import { EarnerTable } from './earners.ts';
import { EvidenceTable } from './evidence.ts';
import { JobTable } from './jobs.ts';
import { Ledger } from './ledger.ts';
import { MIGRATIONS } from './migrations/migrations.ts';
import { Parties } from './parties.ts';
import { openForReading } from './reading-connection.ts';
import { toStoreError } from './sqlite-error.ts';
import { StandingTable } from './standings.ts';
import { TallyTable } from './tallies.ts';
import { decodeUnit, phaseOf, type UnitRow } from './unit-codec.ts';

const DAMAGES_TOLD = 100;

interface UnitColumns extends UnitRow {
  readonly ready: number;
  readonly deadline_at: number | null;
  readonly ending: number | null;
  readonly canonical: number | null;
}

/** A unit with every row about it. */
export interface BookedUnit {
  readonly unit: WorkUnit;
  readonly results: readonly StoredResult[];
  readonly endings: readonly Ending[];
  readonly postings: readonly Posting[];
}

export interface ReadPage {
  readonly units: readonly BookedUnit[];
  /** Rows that cannot be read, or whose columns say something else than the unit. */
  readonly violations: readonly Violation[];
  /** null: there are no more. */
  readonly next: number | null;
}

export class SnapshotReader implements Disposable {
  readonly #db: Connection;
  readonly #parties: Parties;
  readonly #jobs: JobTable;
  readonly #evidence: EvidenceTable;
  readonly #ledger: Ledger;
  readonly #standings: StandingTable;
  readonly #tallies: TallyTable;
  readonly #catalogue: Catalogue;
  readonly #page: Statement<[number, number, number], UnitColumns>;
  readonly #withTruth: Statement<[number, number, number], UnitRow>;

  constructor(db: Connection) {
    this.#db = db;
    this.#parties = new Parties(db);
    this.#jobs = new JobTable(db);
    this.#evidence = new EvidenceTable(db, this.#jobs, this.#parties);
    this.#ledger = new Ledger(db, this.#jobs, this.#parties, new EarnerTable(db, this.#parties));
    this.#standings = new StandingTable(db, this.#parties);
    this.#tallies = new TallyTable(db, this.#jobs, this.#parties);
    this.#catalogue = new Catalogue(db);
    this.#page = db.prepare(
      `SELECT idx, revision, phase, body, ready, deadline_at, ending, canonical FROM unit WHERE job_no = ? AND idx > ? ORDER BY idx LIMIT ?`,
    );
    this.#withTruth = db.prepare(
      `SELECT idx, revision, phase, body FROM unit
       WHERE job_no = ? AND idx > ? AND json_valid(body) AND json_type(body, '$[1]') = 'text' ORDER BY idx LIMIT ?`,
    );
  }

  get epoch(): number {
    return this.#db.prepare<[], number>('SELECT epoch FROM store_state').pluck().get() as number;
  }

  /** What `work` reads is of one moment. */
  atOneMoment<T>(work: () => T): T {
    this.#db.exec('BEGIN');
    try {
      return work();
    } finally {
      if (this.#db.inTransaction) this.#db.exec('COMMIT');
    }
  }

  /** I7: what SQLite finds wrong with the file itself; after any of it, nothing else read from it means much. */
  damages(): string[] {
    try {
      const told = this.#db.pragma(`integrity_check(${DAMAGES_TOLD})`) as { integrity_check: string }[];
      return told.map((row) => row.integrity_check).filter((line) => line !== 'ok');
    } catch (error) {
      // So damaged that it cannot even be checked to the end.
      if (error instanceof SqliteError && error.code.startsWith('SQLITE_CORRUPT')) return [error.message];
      throw error;
    }
  }

  /** I7: rows that refer to one that does not exist, by table. */
  strayRows(): { readonly table: string; readonly refersTo: string; readonly rows: number }[] {
    return this.#db
      .prepare<[], { table: string; refersTo: string; rows: number }>(
        'SELECT "table", parent AS refersTo, count(*) AS rows FROM pragma_foreign_key_check() GROUP BY 1, 2',
      )
      .all();
  }

  /** In the order of their making. A job whose row cannot be read is a violation. */
  *jobs(): Generator<Job | Violation> {
    const next = this.#db.prepare<[number], { no: number; id: JobId }>(
      'SELECT job_no AS no, id FROM job WHERE job_no > ? ORDER BY job_no LIMIT 1',
    );
    for (let no = Number.MIN_SAFE_INTEGER; ; ) {
      const row = next.get(no);
      if (row === undefined) return;
      no = row.no;
      yield this.#job(row.id);
    }
  }

  #job(id: JobId): Job | Violation {
    try {
      return this.#jobs.load(id) as Job;
    } catch (error) {
      return unreadable(id, error);
    }
  }

  /** As stored now: a job that `jobs` named may have gone on. */
  job(id: JobId): Job {
    return this.#jobs.load(id) as Job;
  }

  unitCount(): number {
    return this.#db.prepare<[], number>('SELECT count(*) FROM unit').pluck().get() as number;
  }

  units(job: JobId, after: number, limit: number): ReadPage {
    const rows = this.#page.all(this.#jobs.numberOf(job), after, limit);
    const [units, violations]: [BookedUnit[], Violation[]] = [[], []];
    for (const row of rows) {
      try {
        const booked = this.#booked(job, row);
        units.push(booked);
        violations.push(...columnViolations(booked, row));
      } catch (error) {
        violations.push(unreadable(unitIdOf(job, row.idx), error));
      }
    }
    return { units, violations, next: rows.length < limit ? null : (rows.at(-1) as UnitColumns).idx };
  }

  /** Units of which the right answer is known, page by page. */
  *unitsWithTruth(job: JobId, limit: number): Generator<WorkUnit> {
    for (let after = -1; ; ) {
      const rows = this.#withTruth.all(this.#jobs.numberOf(job), after, limit);
      for (const row of rows) {
        const unit = attempt(() => decodeUnit(job, row, this.#parties));
        // One that cannot be read is told of when its page comes.
        if (unit !== null) yield unit;
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < limit) return;
      after = last.idx;
    }
  }

  chunks(job: JobId): IterableIterator<InputChunk> {
    return this.#db
      .prepare<[JobId, number], InputChunk>(
        `SELECT ? AS job, chunk, first_index AS firstIndex, count, lines, digest FROM input_chunk WHERE job_no = ? ORDER BY chunk`,
      )
      .iterate(job, this.#jobs.numberOf(job));
  }

  tasks(): PublishedTask[] {
    return this.#catalogue.tasks(-1);
  }

  tallies(job: JobId): Tally[] {
    return this.#tallies.of(job);
  }

  /** Of hosts that are banned: few, and with nothing to lose by being looked at first, for what speaks against a host only ever grows. */
  bans(): Standing[] {
    const tasks = this.#db
      .prepare<[], TaskId>('SELECT DISTINCT id FROM standing JOIN party ON party_no = task_no WHERE banned = 1')
      .pluck()
      .all();
    return tasks.flatMap((task) => this.#standings.of(task).filter(({ isBanned }) => isBanned));
  }

  /** What is kept as a sum or a second time, counted again; all at one moment. */
  bookSums(onSum: (what: string) => void): Generator<Violation> {
    return bookSumViolations(this.#db, onSum);
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }

  #booked(job: JobId, row: UnitColumns): BookedUnit {
    const unit = decodeUnit(job, row, this.#parties);
    const at = 'at' in unit.state ? unit.state.at : 0;
    const { kind } = unit.state;
    const state = kind === 'failed' || kind === 'cancelled' ? kind : 'final';
    return {
      unit,
      results: this.#evidence.of(unit),
      endings: row.ending === null ? [] : [{ job, index: row.idx, state, no: row.canonical, at }],
      postings: this.#ledger.of(unit),
    };
  }
}

/** Throws StoreError. The folder may be in use. */
export function openSnapshotReader(folder: string): SnapshotReader {
  const { db, layout } = openForReading(folder);
  try {
    if (layout < MIGRATIONS.length) throw tooOld(db.name, layout);
    return new SnapshotReader(db);
  } catch (error) {
    db.close();
    throw toStoreError(error, db.name);
  }
}

/** What queries look for stands in columns beside the unit, and must say the same. */
function columnViolations({ unit, results }: BookedUnit, row: UnitColumns): Violation[] {
  const { state, retractions = [] } = unit;
  const believed = (no: number) =>
    state.kind === 'final' &&
    results.some(
      (result) =>
        result.no === no && (!result.late || retractions.length > 0) && result.body.kind === 'ok' && result.body.digest === state.digest,
    );
  const checks: [rule: string, holds: boolean, message: string][] = [
    ['I28', row.ready === readyReplicas(unit), 'work of it is waiting and would not be found, or the other way round'],
    ['I28', row.phase === phaseOf(unit), 'it waits for a judgement and would not be found, or the other way round'],
    ['I30', row.deadline_at === earliestDeadline(unit), 'the deadline by which it is looked for is not that of its leases'],
    [
      'I8',
      row.canonical === null ? row.ending === null || state.kind !== 'final' : believed(row.canonical),
      'the result that is handed to its author is not the one that was believed',
    ],
  ];
  const subject = unitIdOf(unit.job, unit.index);
  return checks.filter(([, holds]) => !holds).map(([rule, , message]) => ({ rule, subject, message }));
}

const unreadable = (subject: string, error: unknown): Violation => ({
  rule: 'I7',
  subject,
  message: `its row cannot be read (${(error as Error).message})`,
});

/** null: it failed. */
function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}

export const isViolation = (found: object): found is Violation => 'rule' in found;

const tooOld = (file: string, layout: number) =>
  new StoreError(
    'too-old',
    `${file} has layout ${layout} of an earlier version; this one reads layout ${MIGRATIONS.length}. ` +
      'Start the coordinator of this version once, which brings it up to date, or use the version that wrote it.',
  );
