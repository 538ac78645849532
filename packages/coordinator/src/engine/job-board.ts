/**
 * The jobs that may hand out work, in the order in which they are asked: by priority, then the one that was given fewest leases so far,
 * then the oldest. So equals share evenly (I30). A newcomer starts level with the one that had fewest: it has no past to catch up on.
 */
import type { JobId, TaskId, VerifyPolicy } from '@manyhands/protocol';
import type { Job } from '../domain/job.ts';
import { Canaries } from './canaries.ts';
import { ReadyWindow } from './ready-window.ts';

export interface JobEntry {
  readonly id: JobId;
  readonly priority: number;
  readonly createdAt: number;
  readonly leaseMs: number;
  readonly verify: VerifyPolicy;
  /** Replicas are compared within one engine class only. */
  readonly isAlike: boolean;
  readonly task: TaskId;
  readonly window: ReadyWindow;
  readonly canaries: Canaries;
  /** Leases given since it came. */
  served: number;
  /** Units known; more of them is news. */
  unitCount: number;
}

export class JobBoard {
  readonly #windowLimit: number;
  readonly #byId = new Map<JobId, JobEntry>();
  #inOrder: JobEntry[] = [];

  constructor(windowLimit: number) {
    this.#windowLimit = windowLimit;
  }

  get(id: JobId): JobEntry | undefined {
    return this.#byId.get(id);
  }

  /** The jobs of a task that hand out work. */
  jobsOf(task: TaskId): ReadonlySet<JobId> {
    const own = new Set<JobId>();
    for (const entry of this.#inOrder) if (entry.task === task) own.add(entry.id);
    return own;
  }

  /** In the order in which they are to be asked. */
  get inOrder(): readonly JobEntry[] {
    return this.#inOrder;
  }

  /** Puts a job in its place, or takes it away when it hands out nothing any more. True: it has units it did not have. */
  update(job: Job, hasMore = false): boolean {
    if (job.state !== 'open' && job.state !== 'closed') {
      this.#remove(job.id);
      return false;
    }
    const known = this.#byId.get(job.id);
    if (known === undefined) this.#add(job, hasMore);
    else if (known.unitCount === job.unitCount) return false;
    else known.unitCount = job.unitCount;
    return true;
  }

  /** `leases` were given to it; it goes behind those of its priority that had fewer. */
  serve(entry: JobEntry, leases: number): void {
    if (leases === 0) return;
    entry.served += leases;
    this.#inOrder = this.#inOrder.filter((other) => other !== entry);
    this.#insert(entry);
  }

  #add({ id, task, priority, createdAt, leaseMs, verify, engines, unitCount }: Job, hasMore: boolean): void {
    const served = this.#inOrder.find((entry) => entry.priority === priority)?.served ?? 0;
    const window = new ReadyWindow(this.#windowLimit, hasMore);
    const canaries = new Canaries();
    const entry: JobEntry = {
      id,
      task,
      priority,
      createdAt,
      leaseMs,
      verify,
      isAlike: engines === 'alike',
      window,
      canaries,
      served,
      unitCount,
    };
    this.#byId.set(id, entry);
    this.#insert(entry);
  }

  #insert(entry: JobEntry): void {
    const at = this.#inOrder.findIndex((other) => isBefore(entry, other));
    this.#inOrder = at === -1 ? [...this.#inOrder, entry] : this.#inOrder.toSpliced(at, 0, entry);
  }

  #remove(id: JobId): void {
    if (this.#byId.delete(id)) this.#inOrder = this.#inOrder.filter((entry) => entry.id !== id);
  }
}

function isBefore(a: JobEntry, b: JobEntry): boolean {
  if (a.priority !== b.priority) return a.priority > b.priority;
  if (a.served !== b.served) return a.served < b.served;
  return a.createdAt !== b.createdAt ? a.createdAt < b.createdAt : a.id < b.id;
}
