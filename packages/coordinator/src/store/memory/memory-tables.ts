/** What the memory store holds: plain maps in order of arrival, nothing derived. */
import type { AccountId, HostId, JobId, TaskId, UnitId } from '@manyhands/protocol';
import type { Author, Ending, Host, InputChunk, Posting, PublishedTask, StoredResult } from '../../domain/change-set.ts';
import type { Job } from '../../domain/job.ts';
import type { Standing } from '../../domain/standing.ts';
import type { Tally } from '../../domain/tally.ts';
import type { WorkUnit } from '../../domain/work-unit.ts';

export interface MemoryTables {
  readonly units: Map<UnitId, WorkUnit>;
  readonly jobs: Map<JobId, Job>;
  /** By `unit/no`, and `unit/no/late` for the late ones. */
  readonly results: Map<string, StoredResult>;
  readonly endings: Map<UnitId, Ending>;
  /** By `unit/no/kind`. */
  readonly postings: Map<string, Posting>;
  readonly hosts: Map<HostId, Host>;
  readonly tasks: Map<TaskId, PublishedTask>;
  readonly authors: Map<string, Author>;
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
  postings: new Map(),
  hosts: new Map(),
  tasks: new Map(),
  authors: new Map(),
  chunks: new Map(),
  standings: new Map(),
  tallies: new Map(),
});

export const unitsOf = (tables: MemoryTables, job: JobId): WorkUnit[] =>
  [...tables.units.values()].filter((unit) => unit.job === job).sort((a, b) => a.index - b.index);

/** The name an account goes by: that of its host seen last among those that give one; null when none does. */
export function nameOf(tables: MemoryTables, account: AccountId): string | null {
  const named = [...tables.hosts.values()].filter((host) => host.account === account && host.displayName !== null);
  return named.sort((a, b) => b.lastSeenAt - a.lastSeenAt || (a.id < b.id ? -1 : 1))[0]?.displayName ?? null;
}
