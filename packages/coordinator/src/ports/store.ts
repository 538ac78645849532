/**
 * The coordinator's memory. Dumb and batch-shaped: it loads by id and commits plain data; all judgement lives above it.
 * The rules ST1-ST9 are in docs/spec/store.md and run on every adapter from store/store.contract.ts.
 */
import type { Digest, HostId, JobId, LeaseRef, Payload, TaskId, UnitId } from '@manyhands/protocol';
import type { Author, ChangeSet, Host, PublishedTask } from '../domain/change-set.ts';
import type { Job } from '../domain/job.ts';
import type { Standing } from '../domain/standing.ts';
import type { Tally } from '../domain/tally.ts';
import type { UnitRef, WorkUnit } from '../domain/work-unit.ts';

/** `conflict`: nothing was changed; these units or jobs had another revision than the change was decided on (ST3). */
export type CommitResult =
  | { readonly kind: 'committed' }
  | { readonly kind: 'conflict'; readonly units: readonly UnitRef[]; readonly jobs: readonly JobId[] };

export interface Store extends AsyncDisposable {
  /** What the durability promise rests on, for logs and benchmarks: e.g. `sqlite 3.53 wal synchronous=FULL`. */
  readonly durability: string;
  /** Rises with every restore of a backup (I6). */
  readonly epoch: number;

  /** Atomic, durable when it resolves. Rejects only when the store is broken (the process must then stop). */
  commit(changes: ChangeSet): Promise<CommitResult>;

  /** Units that have a row; a unit that was never handed out is missing from the map. */
  loadUnits(refs: readonly UnitRef[]): Promise<ReadonlyMap<UnitId, WorkUnit>>;
  /** The inputs of units of any age, in the order asked. Rejects for an index the job does not have. */
  loadInputs(refs: readonly UnitRef[]): Promise<readonly Payload[]>;
  /** Units with a row and at least one ready replica, by (job, index), from behind `after`. */
  readyUnits(job: JobId, after: number, limit: number): Promise<readonly WorkUnit[]>;
  /** Units with a lease whose deadline is at or before `now`, oldest deadline first. */
  expiredUnits(now: number, limit: number): Promise<readonly UnitRef[]>;
  /** Units in state `verifying`, and open or provisional ones with a live lease, of one job: for restart and cancel. */
  unsettledUnits(job: JobId, after: number, limit: number): Promise<readonly WorkUnit[]>;
  /** Units in state `provisional` of one job, by index, from behind `after`. */
  provisionalUnits(job: JobId, after: number, limit: number): Promise<readonly WorkUnit[]>;
  /** Final units of one job that nobody disputes, by index, from behind `after`. */
  finalUnits(job: JobId, after: number, limit: number): Promise<readonly WorkUnit[]>;
  /** Final units of one job about which the referee was asked and has not answered, by index, from behind `after`. */
  disputedUnits(job: JobId, after: number, limit: number): Promise<readonly WorkUnit[]>;
  /** Jobs with such units, ended ones too. */
  disputedJobs(): Promise<readonly JobId[]>;
  /** What hosts have earned for a task, and in a job: all of them, one call when a job begins or is resumed. */
  loadStandings(task: TaskId): Promise<readonly Standing[]>;
  loadTallies(job: JobId): Promise<readonly Tally[]>;
  /** All live leases, and those of one host. */
  liveLeases(host?: HostId): Promise<readonly (LeaseRef & { host: HostId; deadlineAt: number })[]>;
  /**
   * Adds `byMs` to the deadline of every live lease, as far as it then has no more left than a whole one: our own downtime is nobody's fault (I34).
   * It is made up for until `aliveAt`, which is noted in the same transaction: no downtime is made up for twice.
   */
  extendLeases(byMs: number, aliveAt: number): Promise<void>;
  /** The last moment up to which this store was served, or downtime was made up for; null on a new store. `keepAlive` writes it. */
  lastAliveAt(): Promise<number | null>;
  keepAlive(now: number): Promise<void>;

  /** Jobs that a start takes up again (`isActive`): open, closed, cancelled with units still to be cancelled, or done and still to be looked through. */
  activeJobs(): Promise<readonly Job[]>;
  loadJob(id: JobId): Promise<Job | null>;
  findJobByKey(author: string, key: string): Promise<Job | null>;
  /** The stored chunk's facts, to answer a repeat; null when it was never stored. */
  loadChunk(job: JobId, chunk: number): Promise<{ firstIndex: number; count: number; digest: Digest } | null>;
  loadTask(id: TaskId): Promise<PublishedTask | null>;
  loadHost(id: HostId): Promise<Host | null>;
  loadResult(ref: UnitRef, no: number): Promise<{ output: Payload } | null>;
  authors(): Promise<readonly Author[]>;
}
