/** What pages and authors read. Never scans: every answer costs what it returns, not what is stored. */
import type { JobId, ResultRow, TaskId } from '@manyhands/protocol';
import type { PublishedTask, StoredResult } from '../domain/change-set.ts';
import type { Job } from '../domain/job.ts';
import type { UnitRef, WorkUnit } from '../domain/work-unit.ts';

export interface LeaderRow {
  readonly account: string;
  readonly name: string | null;
  readonly validResults: number;
  readonly microcredits: number;
}

export interface ReadStore {
  /** Newest first. `before` is the id of the last job of the page before. */
  listJobs(limit: number, before: JobId | null): Promise<readonly Job[]>;
  loadJob(id: JobId): Promise<Job | null>;
  loadTask(id: TaskId): Promise<PublishedTask | null>;
  listTasks(limit: number): Promise<readonly PublishedTask[]>;
  /** Ended units in the order in which they ended, behind `after` (0 at first). The row's cursor is the decimal number to pass next. */
  results(job: JobId, after: number, limit: number): Promise<readonly ResultRow[]>;
  loadUnit(ref: UnitRef): Promise<WorkUnit | null>;
  /** All that ever came back for a unit, oldest first. */
  evidence(ref: UnitRef): Promise<readonly StoredResult[]>;
  leaders(limit: number): Promise<readonly LeaderRow[]>;
  totals(): Promise<{ hosts: number; accounts: number; finalUnits: number; validResults: number; microcredits: number }>;
  /** Distinct hosts with a valid result for the job. */
  hostsOf(job: JobId): Promise<number>;
  /** Units of the job per cell of `unitsPerCell` units, for the map of the search space. `accounts`: up to three names or ids that verified it. */
  cells(
    job: JobId,
    unitsPerCell: number,
  ): Promise<readonly { cell: number; final: number; failed: number; active: number; accounts: readonly string[] }[]>;
}
