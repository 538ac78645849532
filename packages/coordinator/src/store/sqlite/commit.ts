/**
 * One ChangeSet as one transaction (ST2, ST8). Order: what others refer to comes first.
 * Revisions are compared by the writes themselves; only when one of them hits nothing is the stored state read, to name what was stale (ST3).
 */
import { type Database, SqliteError } from 'better-sqlite3';
import { contradiction, StoreError } from '../../disk/store-error.ts';
import type { ChangeSet } from '../../domain/change-set.ts';
import type { CommitResult } from '../../ports/store.ts';
import { outrunJobs } from '../job-keys.ts';
import type { Tables } from './tables.ts';

/** `aliveAt` goes with it (I34); absent: it is left alone. */
export type Commit = (changes: ChangeSet, aliveAt?: number) => CommitResult;

export function prepareCommit(db: Database, tables: Tables): Commit {
  const [begin, commit, rollback] = [db.prepare('BEGIN IMMEDIATE'), db.prepare('COMMIT'), db.prepare('ROLLBACK')];
  const noteAlive = db.prepare('UPDATE store_state SET alive_at = ?');
  const undo = () => {
    if (db.inTransaction) rollback.run();
    tables.parties.forget();
    tables.jobs.forget();
    tables.earners.forget();
  };
  return (changes, aliveAt) => {
    begin.run();
    let refusal: unknown;
    try {
      if (write(tables, changes)) {
        if (aliveAt !== undefined) noteAlive.run(aliveAt);
        commit.run();
        tables.live.follow(changes.units ?? []);
        return { kind: 'committed' };
      }
    } catch (error) {
      refusal = error;
    }
    undo();
    refusal ??= contradiction('the change ends a unit that has ended, or names a unit or a job twice');
    const conflict = isRefusal(refusal) ? findConflict(tables, changes) : null;
    if (conflict === null) throw refusal;
    return conflict;
  };
}

/** The change was refused for what it says; anything else is a failure of the store. */
const isRefusal = (error: unknown): boolean =>
  (error instanceof StoreError && error.code === 'contradiction') ||
  (error instanceof SqliteError && error.code.startsWith('SQLITE_CONSTRAINT'));

/** False: something was stale, so everything must be undone. */
function write(tables: Tables, changes: ChangeSet): boolean {
  const { hosts = [], tasks = [], authors = [], jobs = [], chunks = [], units = [], results = [], endings = [], postings = [] } = changes;
  const { standings = [], tallies = [], retractions = [] } = changes;
  tables.hosts.write(hosts);
  tables.catalogue.writeTasks(tasks);
  tables.catalogue.writeAuthors(authors);
  if (!tables.jobs.write(jobs)) return false;
  tables.inputs.write(chunks);
  tables.units.reopen(retractions);
  if (!tables.units.write(units, endings)) return false;
  tables.evidence.write(results);
  tables.invalid.write(units);
  tables.ledger.write(postings, endings, retractions.length);
  tables.cells.write(changes);
  tables.standings.write(standings);
  tables.tallies.write(tallies);
  return true;
}

/** Which of its units and jobs were stale, now that nothing of the change is stored; null: none. */
function findConflict(tables: Tables, { units = [], jobs = [] }: ChangeSet): CommitResult | null {
  const outrun = outrunJobs(jobs);
  const staleUnits = units.filter((unit) => !tables.units.isCurrent(unit)).map(({ job, index }) => ({ job, index }));
  const staleJobs = jobs.filter((job) => outrun.has(job) || !tables.jobs.isCurrent(job)).map((job) => job.id);
  return staleUnits.length + staleJobs.length === 0 ? null : { kind: 'conflict', units: staleUnits, jobs: staleJobs };
}
