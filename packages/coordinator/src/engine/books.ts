/**
 * What the store holds, as far as it is at hand: jobs, and the units under way. One coordinator writes a store, so what it committed
 * is what is there; should somebody else have written, the commit conflicts and the row is read again (CQ6).
 */
import type { JobId } from '@manyhands/protocol';
import type { Job } from '../domain/job.ts';
import type { Standing } from '../domain/standing.ts';
import type { Tally } from '../domain/tally.ts';
import { hasEnded, type UnitRef, type WorkUnit } from '../domain/work-unit.ts';
import type { Store } from '../ports/store.ts';
import { HostBooks } from './host-books.ts';
import { UnitMap } from './unit-map.ts';

/** Jobs are few and small; ended ones are kept while their last results trickle in. */
const CACHED_JOBS = 1_000;

export class Books {
  readonly #store: Store;
  readonly #cachedUnits: number;
  readonly #units = new UnitMap<WorkUnit>();
  readonly #jobs = new Map<JobId, Job>();
  readonly hosts: HostBooks;

  constructor(store: Store, cachedUnits: number) {
    this.#store = store;
    this.#cachedUnits = cachedUnits;
    this.hosts = new HostBooks(store);
  }

  /** undefined: it has no row, or was not loaded. */
  unit(job: JobId, index: number): WorkUnit | undefined {
    return this.#units.get(job, index);
  }

  job(id: JobId): Job | undefined {
    return this.#jobs.get(id);
  }

  get jobs(): IterableIterator<Job> {
    return this.#jobs.values();
  }

  /** Reads what is not at hand, in one call for all units. What it is given is gone through once: a batch names what it needs as it goes. */
  async load(units: Iterable<UnitRef>, jobs: Iterable<JobId>): Promise<void> {
    const wanted = new Set(jobs);
    const missing = new UnitMap<UnitRef>();
    for (const ref of units) {
      wanted.add(ref.job);
      if (!this.#units.has(ref.job, ref.index)) missing.set(ref.job, ref.index, ref);
    }
    if (missing.size > 0)
      for (const unit of (await this.#store.loadUnits([...missing.values()])).values()) this.#units.set(unit.job, unit.index, unit);
    for (const id of wanted) await this.#loadJob(id);
  }

  /** With what hosts have earned for its task. */
  async #loadJob(id: JobId): Promise<void> {
    const job = this.#jobs.get(id) ?? (await this.#store.loadJob(id));
    if (job === null) return;
    if (!this.#jobs.has(id)) this.#jobs.set(id, job);
    if (!this.hosts.has(id, job.task)) await this.hosts.load(id, job.task);
  }

  /** These are committed. A unit that is over is let go; beyond the bound, so are the ones longest here. */
  keep(units: readonly WorkUnit[], jobs: readonly Job[], standings: readonly Standing[] = [], tallies: readonly Tally[] = []): void {
    this.hosts.keep(standings, tallies);
    for (const unit of units) {
      if (hasEnded(unit)) this.#units.delete(unit.job, unit.index);
      else this.#units.set(unit.job, unit.index, unit);
    }
    for (const job of jobs) this.#jobs.set(job.id, job);
    this.#trim();
  }

  /** These were not what the store holds. */
  async reload(units: readonly UnitRef[], jobs: readonly JobId[]): Promise<void> {
    for (const { job, index } of units) this.#units.delete(job, index);
    for (const id of jobs) this.#jobs.delete(id);
    await this.load(units, jobs);
  }

  /** The store changed many units at once. */
  forgetUnits(): void {
    this.#units.clear();
  }

  #trim(): void {
    if (this.#units.size > this.#cachedUnits)
      for (const { job, index } of this.#units.refs()) {
        if (this.#units.size <= this.#cachedUnits) break;
        this.#units.delete(job, index);
      }
    if (this.#jobs.size <= CACHED_JOBS) return;
    for (const [id, job] of this.#jobs)
      if (job.endedAt !== null) {
        this.#jobs.delete(id);
        this.hosts.forget(id);
      }
  }
}
