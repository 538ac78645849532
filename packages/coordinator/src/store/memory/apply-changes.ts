/** One ChangeSet onto the tables: everything is checked against a copy-on-write view first, so nothing is half done (ST2). */
import { type JobId, unitIdOf } from '@manyhands/protocol';
import type { ChangeSet } from '../../domain/change-set.ts';
import type { UnitRef } from '../../domain/work-unit.ts';
import type { CommitResult } from '../../ports/store.ts';
import { StoreError } from '../store-error.ts';
import type { MemoryTables } from './memory-tables.ts';

export function applyChanges(tables: MemoryTables, changes: ChangeSet): CommitResult {
  const conflict = findConflict(tables, changes);
  if (conflict !== null) return conflict;
  const staged = stage(tables, changes);
  for (const table of Object.keys(staged) as (keyof MemoryTables)[])
    for (const [key, row] of staged[table]) (tables[table] as Map<unknown, unknown>).set(key, row);
  return { kind: 'committed' };
}

/** ST3: every unit and job was decided on the revision that is stored, and a new job's key is free. */
function findConflict(tables: MemoryTables, changes: ChangeSet): CommitResult | null {
  const unitRevisions = new Map<string, number>();
  const units: UnitRef[] = [];
  for (const unit of changes.units ?? []) {
    const id = unitIdOf(unit.job, unit.index);
    if ((unitRevisions.get(id) ?? tables.units.get(id)?.revision ?? 0) !== unit.revision - 1)
      units.push({ job: unit.job, index: unit.index });
    unitRevisions.set(id, unit.revision);
  }
  const jobRevisions = new Map<JobId, number>();
  const keys = new Map([...tables.jobs.values()].map((job) => [JSON.stringify([job.author, job.key]), job.id]));
  const jobs: JobId[] = [];
  for (const job of changes.jobs ?? []) {
    const key = JSON.stringify([job.author, job.key]);
    const stale = (jobRevisions.get(job.id) ?? tables.jobs.get(job.id)?.revision ?? 0) !== job.revision - 1;
    if (stale || (keys.get(key) ?? job.id) !== job.id) jobs.push(job.id);
    jobRevisions.set(job.id, job.revision);
    keys.set(key, job.id);
  }
  return units.length + jobs.length > 0 ? { kind: 'conflict', units, jobs } : null;
}

type Staged = { readonly [T in keyof MemoryTables]: Map<string, unknown> };

function stage(tables: MemoryTables, changes: ChangeSet): Staged {
  const jobs = new Map((changes.jobs ?? []).map((job) => [job.id as string, job]));
  const jobExists = (job: JobId) => jobs.has(job) || tables.jobs.has(job);
  const units = new Map<string, unknown>();
  for (const unit of changes.units ?? []) {
    if (!jobExists(unit.job)) throw contradiction(`unit ${unit.index} belongs to job ${unit.job}, which does not exist`);
    units.set(unitIdOf(unit.job, unit.index), unit);
  }
  const unitOf = (ref: UnitRef, what: string) => {
    const id = unitIdOf(ref.job, ref.index);
    if (!units.has(id) && !tables.units.has(id)) throw contradiction(`${what} of unit ${id}, which has no row`);
    return id;
  };

  const chunks = new Map<string, unknown>();
  for (const chunk of changes.chunks ?? []) {
    if (!jobExists(chunk.job)) throw contradiction(`a chunk of job ${chunk.job}, which does not exist`);
    addOnce(tables.chunks, chunks, `${chunk.job}/${chunk.chunk}`, chunk);
  }
  const results = new Map<string, unknown>();
  for (const result of changes.results ?? []) {
    const key = `${unitOf(result, 'a result')}/${result.no}`;
    if (!result.late) addOnce(tables.results, results, key, result);
    else if (!tables.results.has(`${key}/late`) && !results.has(`${key}/late`)) results.set(`${key}/late`, result);
  }
  const endings = new Map<string, unknown>();
  for (const ending of changes.endings ?? []) addOnce(tables.endings, endings, unitOf(ending, 'an ending'), ending);
  const postings = new Map<string, unknown>();
  for (const posting of changes.postings ?? [])
    addOnce(tables.postings, postings, `${unitOf(posting, 'a posting')}/${posting.no}/${posting.kind}`, posting);

  return {
    units,
    jobs,
    results,
    endings,
    postings,
    chunks,
    hosts: new Map((changes.hosts ?? []).map((host) => [host.id, host])),
    tasks: new Map((changes.tasks ?? []).map((task) => [task.id, task])),
    authors: new Map((changes.authors ?? []).map((author) => [author.name, author])),
  };
}

function addOnce(stored: ReadonlyMap<string, unknown>, staged: Map<string, unknown>, key: string, row: unknown): void {
  if (stored.has(key) || staged.has(key)) throw contradiction(`${key} exists already`);
  staged.set(key, row);
}

const contradiction = (what: string) =>
  new StoreError('contradiction', `The change was refused and nothing of it is stored: ${what}. This is a defect in the caller.`);
