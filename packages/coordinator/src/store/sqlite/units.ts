/** Units: one row each, from the first time they are handed out. */
import type { JobId } from '@manyhands/protocol';
import type { Database, Statement } from 'better-sqlite3';
import { contradiction } from '../../disk/store-error.ts';
import type { Ending } from '../../domain/change-set.ts';
import type { UnitRef, WorkUnit } from '../../domain/work-unit.ts';
import { earliestDeadline, readyReplicas } from '../unit-facts.ts';
import { type BulkInsert, prepareBulkInsert, type SqlValue } from './bulk-insert.ts';
import type { JobTable } from './jobs.ts';
import type { Parties } from './parties.ts';
import { decodeUnit, encodeBody, phaseOf, type UnitRow } from './unit-codec.ts';

const COLUMNS = ['job_no', 'idx', 'revision', 'phase', 'ready', 'deadline_at', 'ending', 'canonical', 'body', 'must_exist'] as const;
/** In `must_exist`: refers to no job, so that SQLite refuses to insert the row. An update leaves the column alone. */
const NOWHERE = -1;
const READ = 'SELECT idx, revision, phase, body FROM unit';

/** A unit's place in its job's order of endings, and the replica whose output is believed. */
interface EndingFields {
  readonly state: Ending['state'];
  readonly place: number;
  readonly canonical: number | null;
}

export class UnitTable {
  readonly #jobs: JobTable;
  readonly #parties: Parties;
  readonly #write: BulkInsert;
  readonly #load: Statement<[number, number], UnitRow>;
  readonly #revision: Statement<[number, number], number>;
  readonly #ready: Statement<[number, number, number], UnitRow>;
  readonly #unsettled: Statement<[number, number, number], UnitRow>;
  readonly #provisional: Statement<[number, number, number], UnitRow>;
  readonly #disputed: Statement<[number, number, number], UnitRow>;
  readonly #final: Statement<[number, number, number], UnitRow>;
  readonly #all: Statement<[number, number, number], UnitRow>;
  readonly #nextDisputedJob: Statement<[number], number | null>;
  readonly #reopen: Statement<[number, number]>;
  readonly #expired: Statement<[number, number], [number, number]>;
  readonly #live: Statement<[], UnitRow & { job_no: number }>;

  constructor(db: Database, jobs: JobTable, parties: Parties) {
    this.#jobs = jobs;
    this.#parties = parties;
    // ST3 in one statement: new rows are inserted, others follow on the revision before theirs, a row changed otherwise is left alone.
    this.#write = prepareBulkInsert(
      db,
      'unit',
      COLUMNS,
      `DO UPDATE SET revision = excluded.revision, phase = excluded.phase, ready = excluded.ready, deadline_at = excluded.deadline_at,
         ending = coalesce(excluded.ending, ending), canonical = coalesce(excluded.canonical, canonical), body = excluded.body
       WHERE revision = excluded.revision - 1 AND (ending IS NULL OR excluded.ending IS NULL)`,
    );
    this.#load = db.prepare(`${READ} WHERE job_no = ? AND idx = ?`);
    this.#revision = db.prepare<[number, number], number>('SELECT revision FROM unit WHERE job_no = ? AND idx = ?').pluck();
    this.#ready = db.prepare(`${READ} INDEXED BY unit_ready WHERE ready > 0 AND job_no = ? AND idx > ? ORDER BY idx LIMIT ?`);
    // Canaries and results that are still awaited are leases of final units: few, and passed over.
    this.#unsettled = db.prepare(
      `${READ} INDEXED BY unit_unsettled WHERE (deadline_at IS NOT NULL OR phase = 1) AND phase IN (0, 1, 5) AND job_no = ? AND idx > ?
       ORDER BY idx LIMIT ?`,
    );
    this.#disputed = db.prepare(`${READ} INDEXED BY unit_disputed WHERE phase = 6 AND job_no = ? AND idx > ? ORDER BY idx LIMIT ?`);
    this.#nextDisputedJob = db
      .prepare<[number], number | null>('SELECT min(job_no) FROM unit INDEXED BY unit_disputed WHERE phase = 6 AND job_no > ?')
      .pluck();
    this.#final = db.prepare(`${READ} WHERE phase = 2 AND job_no = ? AND idx > ? ORDER BY idx LIMIT ?`);
    this.#all = db.prepare(`${READ} WHERE job_no = ? AND idx > ? ORDER BY idx LIMIT ?`);
    this.#reopen = db.prepare('UPDATE unit SET ending = NULL, canonical = NULL WHERE job_no = ? AND idx = ? AND ending IS NOT NULL');
    this.#provisional = db.prepare(`${READ} INDEXED BY unit_provisional WHERE phase = 5 AND job_no = ? AND idx > ? ORDER BY idx LIMIT ?`);
    this.#expired = db
      .prepare<[number, number], [number, number]>(
        'SELECT job_no, idx FROM unit INDEXED BY unit_deadline WHERE deadline_at IS NOT NULL AND deadline_at <= ? ORDER BY deadline_at LIMIT ?',
      )
      .raw();
    this.#live = db.prepare('SELECT job_no, idx, revision, phase, body FROM unit INDEXED BY unit_deadline WHERE deadline_at IS NOT NULL');
  }

  /** Their endings are taken back: they give up their place. Revisions are compared when the units themselves are written. */
  reopen(units: readonly UnitRef[]): void {
    for (const { job, index } of units)
      if (this.#reopen.run(this.#jobs.numberOf(job), index).changes === 0)
        throw contradiction('the change takes back the ending of a unit that has none');
  }

  /** False: at least one was decided on another revision than is stored (ST3). Throws where one must exist and does not. */
  write(units: readonly WorkUnit[], endings: readonly Ending[]): boolean {
    const endingOf = this.#placeEndings(endings);
    const rows: SqlValue[] = [];
    let ended = 0;
    for (const unit of units) {
      const ending = endingOf(unit);
      if (ending?.state === unit.state.kind) ended += 1;
      rows.push(
        this.#jobs.numberOf(unit.job),
        unit.index,
        unit.revision,
        phaseOf(unit),
        readyReplicas(unit),
        earliestDeadline(unit),
        ending?.place ?? null,
        ending?.canonical ?? null,
        encodeBody(unit, this.#parties),
        unit.revision === 1 ? null : NOWHERE,
      );
    }
    if (ended < endings.length) throw contradiction('the change ends a unit without changing it to that');
    return this.#write(rows) === units.length;
  }

  isCurrent(unit: WorkUnit): boolean {
    const job = this.#jobs.find(unit.job);
    const stored = job === null ? 0 : (this.#revision.get(job.no, unit.index) ?? 0);
    return stored === unit.revision - 1;
  }

  load({ job, index }: UnitRef): WorkUnit | null {
    const no = this.#jobs.find(job)?.no;
    const row = no === undefined ? undefined : this.#load.get(no, index);
    return row === undefined ? null : decodeUnit(job, row, this.#parties);
  }

  all(job: JobId, after: number, limit: number): WorkUnit[] {
    return this.#page(this.#all, job, after, limit);
  }

  ready(job: JobId, after: number, limit: number): WorkUnit[] {
    return this.#page(this.#ready, job, after, limit);
  }

  unsettled(job: JobId, after: number, limit: number): WorkUnit[] {
    return this.#page(this.#unsettled, job, after, limit);
  }

  provisional(job: JobId, after: number, limit: number): WorkUnit[] {
    return this.#page(this.#provisional, job, after, limit);
  }

  disputed(job: JobId, after: number, limit: number): WorkUnit[] {
    return this.#page(this.#disputed, job, after, limit);
  }

  disputedJobs(): JobId[] {
    const jobs: JobId[] = [];
    for (let no = this.#nextDisputedJob.get(-1); typeof no === 'number'; no = this.#nextDisputedJob.get(no)) jobs.push(this.#jobs.idOf(no));
    return jobs;
  }

  final(job: JobId, after: number, limit: number): WorkUnit[] {
    return this.#page(this.#final, job, after, limit);
  }

  expired(now: number, limit: number): UnitRef[] {
    return this.#expired.all(now, limit).map(([job, index]) => ({ job: this.#jobs.idOf(job), index }));
  }

  withLiveLeases(): WorkUnit[] {
    return this.#live.all().map((row) => decodeUnit(this.#jobs.idOf(row.job_no), row, this.#parties));
  }

  #page(query: Statement<[number, number, number], UnitRow>, job: JobId, after: number, limit: number): WorkUnit[] {
    const no = this.#jobs.find(job)?.no;
    return no === undefined ? [] : query.all(no, after, limit).map((row) => decodeUnit(job, row, this.#parties));
  }

  /** Gives each ending its place; every one is looked up once. */
  #placeEndings(endings: readonly Ending[]): (unit: WorkUnit) => EndingFields | undefined {
    const byJob = new Map<JobId, Map<number, EndingFields>>();
    for (const [job, ended] of Map.groupBy(endings, (ending) => ending.job)) {
      const first = this.#jobs.takeEndings(this.#jobs.numberOf(job), ended.length) - ended.length + 1;
      byJob.set(job, new Map(ended.map(({ index, no, state }, i) => [index, { state, place: first + i, canonical: no }])));
    }
    return (unit) => byJob.get(unit.job)?.get(unit.index);
  }
}
