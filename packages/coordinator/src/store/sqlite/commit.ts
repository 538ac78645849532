/**
 * One ChangeSet as one transaction (ST2, ST8). Order: what others refer to comes first.
 * Revisions are compared by the writes themselves; only when one of them hits nothing is the stored state read, to name what was stale (ST3).
 */
import type { Database } from 'better-sqlite3';
import type { ChangeSet } from '../../domain/change-set.ts';
import type { CommitResult } from '../../ports/store.ts';
import { outrunJobs } from '../job-keys.ts';
import { contradiction } from '../store-error.ts';
import type { Tables } from './tables.ts';

export function prepareCommit(db: Database, tables: Tables): (changes: ChangeSet) => CommitResult {
  const [begin, commit, rollback] = [db.prepare('BEGIN IMMEDIATE'), db.prepare('COMMIT'), db.prepare('ROLLBACK')];
  const undo = () => {
    if (db.inTransaction) rollback.run();
    tables.parties.forget();
    tables.jobs.forget();
  };
  return (changes) => {
    begin.run();
    try {
      if (!write(tables, changes)) {
        undo();
        return findConflict(tables, changes);
      }
      commit.run();
    } catch (error) {
      undo();
      throw error;
    }
    tables.live.follow(changes.units ?? []);
    return { kind: 'committed' };
  };
}

/** False: something was stale, so everything must be undone. */
function write(tables: Tables, changes: ChangeSet): boolean {
  const { hosts = [], tasks = [], authors = [], jobs = [], chunks = [], units = [], results = [], endings = [], postings = [] } = changes;
  tables.hosts.write(hosts);
  tables.catalogue.writeTasks(tasks);
  tables.catalogue.writeAuthors(authors);
  if (!tables.jobs.write(jobs)) return false;
  tables.inputs.write(chunks);
  if (!tables.units.write(units, endings)) return false;
  tables.evidence.write(results);
  tables.ledger.write(postings, endings);
  tables.cells.write(changes);
  return true;
}

function findConflict(tables: Tables, { units = [], jobs = [] }: ChangeSet): CommitResult {
  const outrun = outrunJobs(jobs);
  const staleUnits = units.filter((unit) => !tables.units.isCurrent(unit)).map(({ job, index }) => ({ job, index }));
  const staleJobs = jobs.filter((job) => outrun.has(job) || !tables.jobs.isCurrent(job)).map((job) => job.id);
  if (staleUnits.length + staleJobs.length > 0) return { kind: 'conflict', units: staleUnits, jobs: staleJobs };
  throw contradiction('the change ends a unit that has ended, or names a unit or a job twice');
}
