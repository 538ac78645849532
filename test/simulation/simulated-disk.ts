/** What survives a coordinator: the rows of one store, of either kind. Each life opens them anew. */
import { type JobId, type TaskId, type UnitId, unitIdOf } from '@manyhands/protocol';
import type { ChangeSet, Ending, Posting, StoredResult } from '../../packages/coordinator/src/domain/change-set.ts';
import { freshIndex } from '../../packages/coordinator/src/domain/fresh-order.ts';
import type { Snapshot } from '../../packages/coordinator/src/domain/invariants.ts';
import type { UnitRef, WorkUnit } from '../../packages/coordinator/src/domain/work-unit.ts';
import type { ReadStore } from '../../packages/coordinator/src/ports/read-store.ts';
import type { CommitResult, Store } from '../../packages/coordinator/src/ports/store.ts';
import { createMemoryStore } from '../../packages/coordinator/src/store/memory/create-memory-store.ts';
import type { MemoryStore } from '../../packages/coordinator/src/store/memory/memory-store.ts';
import { type OpenDatabase, openDatabase } from '../../packages/coordinator/src/store/sqlite/open-database.ts';
import { SqliteStore } from '../../packages/coordinator/src/store/sqlite/sqlite-store.ts';

export type Books = Omit<Snapshot, 'maxReplicas' | 'maxErrors'>;

export interface SimulatedDisk extends Disposable {
  /** As a new process sees it: nothing is remembered but the rows. */
  open(): Store & ReadStore;
  backUp(): Backup;
  /** As it was then: whatever was written since is lost. Nobody has it open. */
  restore(backup: Backup): Promise<void>;
  /** `isThorough`: every row is read again, not only those that a commit has named since. */
  read(isThorough: boolean): Promise<Books>;
}

/** How many writes are in it. */
export type Backup = number;

/** Every write so far, so that the first of them can be made again: a disk as it was. */
class Writes {
  readonly #all: ((store: Store) => Promise<unknown>)[] = [];

  get count(): Backup {
    return this.#all.length;
  }

  /** `store`, whose writes are kept from now on. */
  of<Kept extends Store>(store: Kept): Kept {
    const [commit, extendLeases, keepAlive] = [store.commit.bind(store), store.extendLeases.bind(store), store.keepAlive.bind(store)];
    return Object.assign(store, {
      commit: (changes: ChangeSet) => this.#keep((other) => other.commit(changes)) && commit(changes),
      extendLeases: (byMs: number, at: number) => this.#keep((other) => other.extendLeases(byMs, at)) && extendLeases(byMs, at),
      keepAlive: (now: number) => this.#keep((other) => other.keepAlive(now)) && keepAlive(now),
    });
  }

  /** Onto an empty store. The writes after are forgotten. */
  async repeat(count: Backup, store: Store): Promise<void> {
    this.#all.length = count;
    for (const write of this.#all) await write(store);
  }

  #keep(write: (store: Store) => Promise<unknown>): true {
    this.#all.push(write);
    return true;
  }
}

export const createDisk = (kind: 'memory' | 'sqlite'): SimulatedDisk => (kind === 'memory' ? new MemoryDisk() : new SqliteDisk());

class MemoryDisk implements SimulatedDisk {
  readonly #writes = new Writes();
  #store = this.#writes.of(emptyMemory());

  open(): Store & ReadStore {
    return this.#store;
  }

  backUp(): Backup {
    return this.#writes.count;
  }

  async restore(backup: Backup): Promise<void> {
    const store = emptyMemory();
    await this.#writes.repeat(backup, store);
    this.#store = this.#writes.of(store);
  }

  async read(): Promise<Books> {
    const { jobs, units, results, endings, postings, standings, tallies } = this.#store.tables;
    return {
      jobs: [...jobs.values()],
      units: [...units.values()],
      results: [...results.values()],
      endings: [...endings.values()],
      postings: [...postings.values()],
      standings: [...standings.values()],
      tallies: [...tallies.values()],
    };
  }

  [Symbol.dispose](): void {}
}

const emptyMemory = () => createMemoryStore() as MemoryStore & Store & ReadStore;

interface UnitRows {
  readonly unit: WorkUnit;
  readonly results: readonly StoredResult[];
  readonly postings: readonly Posting[];
  readonly ending: Ending | null;
}

const EVERYTHING = 1_000_000;
/** By phase in the store: a final unit that is disputed has a phase of its own. */
const ENDED: Readonly<Record<number, Ending['state']>> = { 2: 'final', 3: 'failed', 4: 'cancelled', 6: 'final' };

const selectEnding = ({ db }: OpenDatabase) =>
  db.prepare<[JobId, number], { phase: number; canonical: number | null }>(
    'SELECT phase, canonical FROM unit JOIN job USING (job_no) WHERE job.id = ? AND idx = ? AND ending IS NOT NULL',
  );

class SqliteDisk implements SimulatedDisk {
  readonly #writes = new Writes();
  #database: OpenDatabase = openDatabase(null);
  #selectEnding = selectEnding(this.#database);
  #store = new SqliteStore(this.#database);
  readonly #rows = new Map<UnitId, UnitRows>();
  readonly #touched = new Map<UnitId, UnitRef>();

  open(): Store & ReadStore {
    this.#store = this.#writes.of(new NotedStore(this.#database, (refs) => this.#touch(refs)));
    return this.#store;
  }

  backUp(): Backup {
    return this.#writes.count;
  }

  async restore(backup: Backup): Promise<void> {
    this.#database[Symbol.dispose]();
    this.#database = openDatabase(null);
    this.#selectEnding = selectEnding(this.#database);
    await this.#writes.repeat(backup, new SqliteStore(this.#database));
    this.#rows.clear();
    this.#touched.clear();
  }

  async read(isThorough: boolean): Promise<Books> {
    const store = this.#store;
    const jobs = await store.listJobs(EVERYTHING, null);
    if (isThorough) {
      this.#rows.clear();
      for (const { id, nextFresh, order } of jobs)
        this.#touch(Array.from({ length: nextFresh }, (_, at) => ({ job: id, index: order === undefined ? at : freshIndex(order, at) })));
    }
    for (const [id, ref] of this.#touched) {
      const rows = await this.#load(ref);
      if (rows === null) this.#rows.delete(id);
      else this.#rows.set(id, rows);
    }
    this.#touched.clear();
    const rows = [...this.#rows.values()];
    const tasks = [...new Set<TaskId>(jobs.map(({ task }) => task))];
    return {
      jobs,
      units: rows.map(({ unit }) => unit),
      results: rows.flatMap(({ results }) => results),
      postings: rows.flatMap(({ postings }) => postings),
      endings: rows.flatMap(({ ending }) => (ending === null ? [] : [ending])),
      standings: (await Promise.all(tasks.map((task) => store.loadStandings(task)))).flat(),
      tallies: (await Promise.all(jobs.map(({ id }) => store.loadTallies(id)))).flat(),
    };
  }

  [Symbol.dispose](): void {
    this.#database[Symbol.dispose]();
  }

  #touch(refs: readonly UnitRef[]): void {
    for (const { job, index } of refs) this.#touched.set(unitIdOf(job, index), { job, index });
  }

  async #load(ref: UnitRef): Promise<UnitRows | null> {
    const unit = await this.#store.loadUnit(ref);
    if (unit === null) return null;
    return { unit, results: await this.#store.evidence(ref), postings: await this.#store.postings(ref), ending: this.#endingOf(ref) };
  }

  #endingOf({ job, index }: UnitRef): Ending | null {
    const row = this.#selectEnding.get(job, index);
    return row === undefined ? null : { job, index, state: ENDED[row.phase] as Ending['state'], no: row.canonical, at: 0 };
  }
}

/** Tells which units a commit names. */
class NotedStore extends SqliteStore {
  readonly #onWrite: (refs: readonly UnitRef[]) => void;

  constructor(database: OpenDatabase, onWrite: (refs: readonly UnitRef[]) => void) {
    super(database);
    this.#onWrite = onWrite;
  }

  override async extendLeases(byMs: number, aliveAt: number): Promise<void> {
    this.#onWrite(await this.liveLeases());
    await super.extendLeases(byMs, aliveAt);
  }

  override commit(changes: ChangeSet): Promise<CommitResult> {
    for (const refs of [changes.units, changes.results, changes.postings]) this.#onWrite(refs ?? []);
    return super.commit(changes);
  }
}
