/**
 * The default store: one SQLite file, one connection, every call done when it returns, so commits cannot interleave (ST5)
 * and reads see what was committed (ST6). The first failure that is not the caller's breaks the store for good (ST13): what the disk holds
 * after a failed fsync is unknown, and trying again could report as durable what is not.
 */
import type { Digest, HostId, JobId, LeaseRef, Payload, ResultRow, TaskId, UnitId } from '@manyhands/protocol';
import { unitIdOf } from '@manyhands/protocol';
import { StoreError } from '../../disk/store-error.ts';
import type { CreditDay } from '../../domain/balance.ts';
import type { Author, ChangeSet, Host, Posting, PublishedTask, StoredResult } from '../../domain/change-set.ts';
import type { Job } from '../../domain/job.ts';
import type { Standing } from '../../domain/standing.ts';
import type { Tally } from '../../domain/tally.ts';
import type { UnitRef, WorkUnit } from '../../domain/work-unit.ts';
import type { Earner, EarnerKind, Ranked, Ranking, RankingPage } from '../../ports/credit-reads.ts';
import type { JobCell, ReadStore } from '../../ports/read-store.ts';
import type { CommitResult, Store } from '../../ports/store.ts';
import { isEmpty } from '../change-set-size.ts';
import { extendUnit } from '../unit-facts.ts';
import { type Commit, prepareCommit } from './commit.ts';
import { EarnerReads } from './earner-reads.ts';
import { type OpenDatabase, openDatabase } from './open-database.ts';
import { Reads, type Totals } from './reads.ts';
import { toStoreError } from './sqlite-error.ts';
import { prepareTables, type Tables } from './tables.ts';

/** `folder` null: in memory, for tests. Rejects with a StoreError that says what to do. */
export async function openSqliteStore(folder: string | null): Promise<Store & ReadStore> {
  return new SqliteStore(openDatabase(folder));
}

export class SqliteStore implements Store, ReadStore {
  readonly durability: string;
  readonly epoch: number;
  readonly #database: OpenDatabase;
  readonly #tables: Tables;
  readonly #reads: Reads;
  readonly #credit: EarnerReads;
  readonly #commit: Commit;
  /** null: it works. */
  #broken: unknown = null;

  constructor(database: OpenDatabase) {
    const { db, durability } = database;
    this.#database = database;
    this.durability = durability;
    this.epoch = db.prepare<[], number>('SELECT epoch FROM store_state').pluck().get() as number;
    this.#tables = prepareTables(db);
    this.#reads = new Reads(db, this.#tables);
    this.#credit = new EarnerReads(db, this.#tables.parties, this.#tables.earners);
    this.#commit = prepareCommit(db, this.#tables);
  }

  async commit(changes: ChangeSet): Promise<CommitResult> {
    return isEmpty(changes) ? { kind: 'committed' } : this.#use(() => this.#commit(changes));
  }

  async extendLeases(byMs: number, aliveAt: number): Promise<void> {
    this.#use(() => {
      const units = [...Map.groupBy(this.#tables.units.withLiveLeases(), ({ job }) => job)].flatMap(([id, ofJob]) => {
        const leaseMs = this.#tables.jobs.load(id)?.leaseMs ?? 0;
        return ofJob.map((unit) => extendUnit(unit, { byMs, aliveAt, leaseMs }));
      });
      this.#commit({ units }, aliveAt);
    });
  }

  async lastAliveAt(): Promise<number | null> {
    return this.#use(() => this.#database.db.prepare<[], number | null>('SELECT alive_at FROM store_state').pluck().get() ?? null);
  }

  async keepAlive(now: number): Promise<void> {
    this.#use(() => this.#database.db.prepare('UPDATE store_state SET alive_at = ?').run(now));
  }

  async loadUnits(refs: readonly UnitRef[]): Promise<ReadonlyMap<UnitId, WorkUnit>> {
    return this.#use(() => {
      const units = refs.map((ref) => this.#tables.units.load(ref)).filter((unit) => unit !== null);
      return new Map(units.map((unit) => [unitIdOf(unit.job, unit.index), unit]));
    });
  }

  async loadInputs(refs: readonly UnitRef[]): Promise<readonly Payload[]> {
    return this.#use(() => refs.map((ref) => this.#tables.inputs.load(ref)));
  }

  async readyUnits(job: JobId, after: number, limit: number): Promise<readonly WorkUnit[]> {
    return this.#use(() => this.#tables.units.ready(job, after, limit));
  }

  async expiredUnits(now: number, limit: number): Promise<readonly UnitRef[]> {
    return this.#use(() => this.#tables.units.expired(now, limit));
  }

  async unsettledUnits(job: JobId, after: number, limit: number): Promise<readonly WorkUnit[]> {
    return this.#use(() => this.#tables.units.unsettled(job, after, limit));
  }

  async provisionalUnits(job: JobId, after: number, limit: number): Promise<readonly WorkUnit[]> {
    return this.#use(() => this.#tables.units.provisional(job, after, limit));
  }

  async disputedUnits(job: JobId, after: number, limit: number): Promise<readonly WorkUnit[]> {
    return this.#use(() => this.#tables.units.disputed(job, after, limit));
  }

  async disputedJobs(): Promise<readonly JobId[]> {
    return this.#use(() => this.#tables.units.disputedJobs());
  }

  async finalUnits(job: JobId, after: number, limit: number): Promise<readonly WorkUnit[]> {
    return this.#use(() => this.#tables.units.final(job, after, limit));
  }

  async loadStandings(task: TaskId): Promise<readonly Standing[]> {
    return this.#use(() => this.#tables.standings.of(task));
  }

  async loadTallies(job: JobId): Promise<readonly Tally[]> {
    return this.#use(() => this.#tables.tallies.of(job));
  }

  async liveLeases(host?: HostId): Promise<readonly (LeaseRef & { host: HostId; deadlineAt: number })[]> {
    return this.#use(() => (host === undefined ? this.#tables.live.all() : this.#tables.live.of(host)));
  }

  async activeJobs(): Promise<readonly Job[]> {
    return this.#use(() => this.#tables.jobs.active());
  }

  async loadJob(id: JobId): Promise<Job | null> {
    return this.#use(() => this.#tables.jobs.load(id));
  }

  async findJobByKey(author: string, key: string): Promise<Job | null> {
    return this.#use(() => this.#tables.jobs.findByKey(author, key));
  }

  async loadChunk(job: JobId, chunk: number): Promise<{ firstIndex: number; count: number; digest: Digest } | null> {
    return this.#use(() => this.#tables.inputs.facts(job, chunk));
  }

  async loadTask(id: TaskId): Promise<PublishedTask | null> {
    return this.#use(() => this.#tables.catalogue.task(id));
  }

  async loadHost(id: HostId): Promise<Host | null> {
    return this.#use(() => this.#tables.hosts.load(id));
  }

  async loadResult(ref: UnitRef, no: number): Promise<{ output: Payload } | null> {
    const output = this.#use(() => this.#tables.evidence.output(ref, no));
    return output === null ? null : { output };
  }

  async authors(): Promise<readonly Author[]> {
    return this.#use(() => this.#tables.catalogue.authors());
  }

  async listJobs(limit: number, before: JobId | null): Promise<readonly Job[]> {
    return this.#use(() => this.#tables.jobs.newest(limit, before));
  }

  async listTasks(limit: number): Promise<readonly PublishedTask[]> {
    return this.#use(() => this.#tables.catalogue.tasks(limit));
  }

  async results(job: JobId, after: number, limit: number): Promise<readonly ResultRow[]> {
    return this.#use(() => this.#reads.results(job, after, limit));
  }

  async loadUnit(ref: UnitRef): Promise<WorkUnit | null> {
    return this.#use(() => this.#tables.units.load(ref));
  }

  async units(job: JobId, after: number, limit: number): Promise<readonly WorkUnit[]> {
    return this.#use(() => this.#tables.units.all(job, after, limit));
  }

  async evidence(ref: UnitRef): Promise<readonly StoredResult[]> {
    return this.#use(() => this.#tables.evidence.of(ref));
  }

  async postings(ref: UnitRef): Promise<readonly Posting[]> {
    return this.#use(() => this.#tables.ledger.of(ref));
  }

  async earner(kind: EarnerKind, id: string): Promise<Earner | null> {
    return this.#use(() => this.#credit.earner(kind, id));
  }

  async ranking(kind: Ranked, by: Ranking, page: RankingPage): Promise<readonly Earner[]> {
    return this.#use(() => this.#credit.ranking(kind, by, page));
  }

  async rank(kind: Ranked, by: Ranking, id: string): Promise<number | null> {
    return this.#use(() => this.#credit.rank(kind, by, id));
  }

  async membersOf(team: string, limit: number): Promise<readonly Earner[]> {
    return this.#use(() => this.#credit.membersOf(team, limit));
  }

  async creditDays(kind: EarnerKind, id: string, firstDay: number): Promise<readonly CreditDay[]> {
    return this.#use(() => this.#credit.days(kind, id, firstDay));
  }

  async totals(): Promise<Totals> {
    return this.#use(() => this.#reads.totals());
  }

  async hostsOf(job: JobId): Promise<number> {
    return this.#use(() => this.#tables.ledger.hostsOf(job));
  }

  async cells(job: JobId): Promise<{ unitsPerCell: number; cells: readonly JobCell[] }> {
    return this.#use(() => this.#tables.cells.read(job, this.#tables.hosts.accountNames()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Closing empties the log into the database: that would be another try after the one that failed (ST13). The end of the process frees all.
    if (this.#broken !== null) return;
    this.#broken = new StoreError('closed', 'The store is closed.');
    this.#database[Symbol.dispose]();
  }

  #use<T>(work: () => T): T {
    if (this.#broken !== null) throw this.#broken;
    try {
      return work();
    } catch (error) {
      const failure = toStoreError(error, this.#database.db.name);
      if (!(failure instanceof StoreError && failure.code === 'contradiction')) this.#broken = failure; // ST13
      throw failure;
    }
  }
}
