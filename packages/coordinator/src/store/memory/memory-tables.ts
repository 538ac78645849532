/** What the memory store holds: plain maps in order of arrival, nothing derived. */
import type { AccountId, HostId, JobId, TaskId, UnitId } from '@manyhands/protocol';
import type { Author, Ending, Host, InputChunk, Posting, PublishedTask, StoredResult } from '../../domain/change-set.ts';
import type { Job } from '../../domain/job.ts';
import type { Standing } from '../../domain/standing.ts';
import type { Tally } from '../../domain/tally.ts';
import type { WorkUnit } from '../../domain/work-unit.ts';

/** Whose result was not believed. */
export interface Refutation {
  readonly host: HostId;
  readonly account: AccountId;
}

/** `place`: from 1, in the job's order of endings; one that is taken back leaves a gap. */
export interface PlacedEnding extends Ending {
  readonly place: number;
}

export interface MemoryTables {
  readonly units: Map<UnitId, WorkUnit>;
  readonly jobs: Map<JobId, Job>;
  /** By `unit/no`, and `unit/no/late` for the late ones. */
  readonly results: Map<string, StoredResult>;
  /** In the order of their places. */
  readonly endings: Map<UnitId, PlacedEnding>;
  /** How many places in its order of endings a job has given. */
  readonly places: Map<JobId, number>;
  /** By `unit/no/kind`. */
  readonly postings: Map<string, Posting>;
  readonly hosts: Map<HostId, Host>;
  readonly tasks: Map<TaskId, PublishedTask>;
  readonly authors: Map<string, Author>;
  /** Replicas once judged invalid, by `unit/no`. */
  readonly invalid: Map<string, Refutation>;
  /** By `job/chunk`. */
  readonly chunks: Map<string, InputChunk>;
  /** By `task/host`. */
  readonly standings: Map<string, Standing>;
  /** By `job/host`. */
  readonly tallies: Map<string, Tally>;
}

export const createMemoryTables = (): MemoryTables => ({
  units: new Map(),
  jobs: new Map(),
  results: new Map(),
  endings: new Map(),
  places: new Map(),
  postings: new Map(),
  invalid: new Map(),
  hosts: new Map(),
  tasks: new Map(),
  authors: new Map(),
  chunks: new Map(),
  standings: new Map(),
  tallies: new Map(),
});

export const unitsOf = (tables: MemoryTables, job: JobId): WorkUnit[] =>
  [...tables.units.values()].filter((unit) => unit.job === job).sort((a, b) => a.index - b.index);

/** What an account goes by: the name, or team, of its host seen last among those that give one; null when none does. */
export const nameOf = (tables: MemoryTables, account: AccountId): string | null => latestOf(tables, account, (host) => host.displayName);
export const teamOf = (tables: MemoryTables, account: AccountId): string | null => latestOf(tables, account, (host) => host.team ?? null);

function latestOf(tables: MemoryTables, account: AccountId, given: (host: Host) => string | null): string | null {
  const giving = [...tables.hosts.values()].filter((host) => host.account === account && given(host) !== null);
  const [latest] = giving.sort((a, b) => b.lastSeenAt - a.lastSeenAt || (a.id < b.id ? -1 : 1));
  return latest === undefined ? null : given(latest);
}
