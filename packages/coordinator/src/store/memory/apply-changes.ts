/** One ChangeSet onto the tables: everything is staged and checked first, so nothing is half done (ST2). */
import { type JobId, unitIdOf } from '@manyhands/protocol';
import { contradiction } from '../../disk/store-error.ts';
import type { ChangeSet, Ending, Posting } from '../../domain/change-set.ts';
import type { Job } from '../../domain/job.ts';
import type { UnitRef } from '../../domain/work-unit.ts';
import type { CommitResult } from '../../ports/store.ts';
import { outrunJobs } from '../job-keys.ts';
import { neverGranted } from '../posting-sums.ts';
import { createMemoryTables, type MemoryTables } from './memory-tables.ts';

export function applyChanges(tables: MemoryTables, changes: ChangeSet): CommitResult {
  const conflict = findConflict(tables, changes);
  if (conflict !== null) return conflict;
  const staged = stage(tables, changes);
  for (const { job, index } of changes.retractions ?? []) tables.endings.delete(unitIdOf(job, index));
  for (const name of Object.keys(staged) as (keyof MemoryTables)[]) {
    const table: Map<unknown, unknown> = tables[name];
    for (const [key, row] of staged[name]) table.set(key, row);
  }
  return { kind: 'committed' };
}

/** ST3: every unit and job was decided on the revision that is stored, and a new job's key is free. */
function findConflict(tables: MemoryTables, changes: ChangeSet): CommitResult | null {
  const outrun = outrunJobs(changes.jobs ?? []);
  const units = (changes.units ?? [])
    .filter((unit) => (tables.units.get(unitIdOf(unit.job, unit.index))?.revision ?? 0) !== unit.revision - 1)
    .map(({ job, index }): UnitRef => ({ job, index }));
  const jobs = (changes.jobs ?? []).filter((job) => outrun.has(job) || isStale(tables, job)).map((job) => job.id);
  return units.length + jobs.length > 0 ? { kind: 'conflict', units, jobs } : null;
}

function isStale(tables: MemoryTables, job: Job): boolean {
  const keyHolder = [...tables.jobs.values()].find((other) => other.author === job.author && other.key === job.key);
  return (tables.jobs.get(job.id)?.revision ?? 0) !== job.revision - 1 || (keyHolder ?? job).id !== job.id;
}

/** The rows the change adds or replaces. Throws when they contradict what is stored (ST4, ST10). */
function stage(tables: MemoryTables, changes: ChangeSet): MemoryTables {
  const staged = createMemoryTables();
  for (const host of changes.hosts ?? []) staged.hosts.set(host.id, host);
  for (const task of changes.tasks ?? []) staged.tasks.set(task.id, task);
  for (const author of changes.authors ?? []) staged.authors.set(author.name, author);
  for (const job of changes.jobs ?? []) staged.jobs.set(job.id, job);
  for (const standing of changes.standings ?? []) staged.standings.set(`${standing.task}/${standing.host}`, standing);

  const assertJob = (job: JobId) => {
    if (!staged.jobs.has(job) && !tables.jobs.has(job)) throw contradiction(`the change names job ${job}, which does not exist`);
  };
  const keyOf = (ref: UnitRef, what: string) => {
    const id = unitIdOf(ref.job, ref.index);
    if (!staged.units.has(id) && !tables.units.has(id)) throw contradiction(`the change has ${what} of unit ${id}, which has no row`);
    return id;
  };
  const addOnce = <T extends 'chunks' | 'results' | 'postings'>(table: T, key: string, row: unknown) => {
    const rows: Map<string, unknown> = staged[table];
    if (rows.has(key) || (tables[table] as ReadonlyMap<string, unknown>).has(key)) throw contradiction(`${key} is in ${table} already`);
    rows.set(key, row);
  };

  for (const tally of changes.tallies ?? []) {
    assertJob(tally.job);
    staged.tallies.set(`${tally.job}/${tally.host}`, tally);
  }
  for (const chunk of changes.chunks ?? []) {
    assertJob(chunk.job);
    addOnce('chunks', `${chunk.job}/${chunk.chunk}`, chunk);
  }
  for (const unit of changes.units ?? []) {
    assertJob(unit.job);
    staged.units.set(unitIdOf(unit.job, unit.index), unit);
    for (const replica of unit.replicas)
      if (replica.kind === 'judged' && !replica.valid) staged.invalid.set(`${unitIdOf(unit.job, unit.index)}/${replica.no}`, replica);
  }
  for (const result of changes.results ?? []) {
    const key = `${keyOf(result, 'a result')}/${result.no}`;
    if (!result.late) addOnce('results', key, result);
    else if (!tables.results.has(`${key}/late`) && !staged.results.has(`${key}/late`)) staged.results.set(`${key}/late`, result);
  }
  stageEndings(staged, tables, changes);
  for (const posting of changes.postings ?? [])
    addOnce('postings', `${keyOf(posting, 'a posting')}/${posting.no}/${posting.kind}`, posting);
  for (const posting of staged.postings.values()) if (posting.kind === 'revocation') assertGranted([staged, tables], posting);
  return staged;
}

/** What is taken back was granted, to the same and as much (ST24). */
function assertGranted(known: readonly MemoryTables[], { job, index, no, host, account, microcredits }: Posting): void {
  const unit = unitIdOf(job, index);
  const granted = known.map(({ postings }) => postings.get(`${unit}/${no}/valid-result`)).find((posting) => posting !== undefined);
  const isSame = granted?.host === host && granted.account === account && granted.microcredits === -microcredits;
  if (!isSame) throw neverGranted(unit, no);
}

function stageEndings(staged: MemoryTables, tables: MemoryTables, { endings = [], retractions = [] }: ChangeSet): void {
  const reopened = new Set(retractions.map(({ job, index }) => unitIdOf(job, index)));
  for (const id of reopened) if (!tables.endings.has(id)) throw contradiction(`the change takes back the ending of ${id}, which has none`);
  for (const ending of endings) {
    assertEnds(staged, ending);
    const { job, index } = ending;
    const id = unitIdOf(job, index);
    if (staged.endings.has(id) || (tables.endings.has(id) && !reopened.has(id))) throw contradiction(`${id} is in endings already`);
    const place = (staged.places.get(job) ?? tables.places.get(job) ?? 0) + 1;
    staged.places.set(job, place);
    staged.endings.set(id, { ...ending, place });
  }
}

function assertEnds(staged: MemoryTables, { job, index, state }: Ending): void {
  const id = unitIdOf(job, index);
  if (staged.units.get(id)?.state.kind !== state) throw contradiction(`the change ends unit ${id} as ${state} without changing it to that`);
}
