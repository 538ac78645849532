/** What pages and authors read. Never scans: every answer costs what it returns, not what is stored. */
import type { JobId, ResultRow, TaskId } from '@manyhands/protocol';
import type { Posting, PublishedTask, StoredResult } from '../domain/change-set.ts';
import type { Job } from '../domain/job.ts';
import type { UnitRef, WorkUnit } from '../domain/work-unit.ts';
import type { CreditReads } from './credit-reads.ts';

export interface ReadStore extends CreditReads {
  /** Newest first. `before` is the id of the last job of the page before. */
  listJobs(limit: number, before: JobId | null): Promise<readonly Job[]>;
  loadJob(id: JobId): Promise<Job | null>;
  loadTask(id: TaskId): Promise<PublishedTask | null>;
  listTasks(limit: number): Promise<readonly PublishedTask[]>;
  /** Ended units in the order in which they ended, behind `after` (0 at first). The row's cursor is the decimal number to pass next. */
  results(job: JobId, after: number, limit: number): Promise<readonly ResultRow[]>;
  loadUnit(ref: UnitRef): Promise<WorkUnit | null>;
  /** Units of one job that have a row, by index, from behind `after`. */
  units(job: JobId, after: number, limit: number): Promise<readonly WorkUnit[]>;
  /** All that ever came back for a unit, oldest first. */
  evidence(ref: UnitRef): Promise<readonly StoredResult[]>;
  /** What was granted for a unit and taken back, by replica, in the order of their times. */
  postings(ref: UnitRef): Promise<readonly Posting[]>;
  totals(): Promise<{ hosts: number; accounts: number; finalUnits: number; validResults: number; microcredits: number }>;
  /** Distinct hosts with a valid result for the job. */
  hostsOf(job: JobId): Promise<number>;
  /**
   * The map of the job's search space: cell c counts the units from c · unitsPerCell on. At most 400 cells; those without a row are left out.
   * `active`: units with a row that have not ended. `accounts`: up to three names, or ids where no name is given, that verified the cell.
   */
  cells(job: JobId): Promise<{ readonly unitsPerCell: number; readonly cells: readonly JobCell[] }>;
}

export interface JobCell {
  readonly cell: number;
  readonly final: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly active: number;
  readonly accounts: readonly string[];
}
