/**
 * What hosts have earned for the tasks of active jobs, and in those jobs. A job's are read when it begins or is resumed, and kept while it is active:
 * a decision on a unit may ask for any host that ever answered it.
 */
import type { HostId, JobId, TaskId } from '@manyhands/protocol';
import { type Conduct, FIRST_CONDUCT } from '../domain/conduct.ts';
import type { Standing } from '../domain/standing.ts';
import { type Census, countTally, EMPTY_CENSUS, type Tally } from '../domain/tally.ts';
import type { Store } from '../ports/store.ts';

export class HostBooks {
  readonly #store: Pick<Store, 'loadStandings' | 'loadTallies'>;
  readonly #standings = new Map<TaskId, Map<HostId, Standing>>();
  readonly #conducts = new Map<TaskId, Map<HostId, Conduct>>();
  readonly #tallies = new Map<JobId, Map<HostId, Tally>>();
  readonly #censuses = new Map<JobId, Census>();

  constructor(store: Pick<Store, 'loadStandings' | 'loadTallies'>) {
    this.#store = store;
  }

  /** Before the first decision on a unit of the job. */
  async load(job: JobId, task: TaskId): Promise<void> {
    if (!this.#standings.has(task)) {
      const standings = await this.#store.loadStandings(task);
      if (!this.#standings.has(task)) this.#standings.set(task, new Map(standings.map((standing) => [standing.host, standing])));
    }
    if (this.#tallies.has(job)) return;
    const tallies = await this.#store.loadTallies(job);
    if (!this.#tallies.has(job)) this.keep([], tallies);
  }

  has(job: JobId, task: TaskId): boolean {
    return this.#tallies.has(job) && this.#standings.has(task);
  }

  standing(task: TaskId, host: HostId): Standing | undefined {
    return this.#standings.get(task)?.get(host);
  }

  /** Of all hosts that ever worked on the task. */
  standings(task: TaskId): Standing[] {
    return [...(this.#standings.get(task)?.values() ?? [])];
  }

  tally(job: JobId, host: HostId): Tally | undefined {
    return this.#tallies.get(job)?.get(host);
  }

  census(job: JobId): Census {
    return this.#censuses.get(job) ?? EMPTY_CENSUS;
  }

  /** These are committed. */
  keep(standings: readonly Standing[], tallies: readonly Tally[]): void {
    for (const standing of standings) this.#standings.get(standing.task)?.set(standing.host, standing);
    for (const tally of tallies) {
      const own = this.#tallies.get(tally.job) ?? new Map<HostId, Tally>();
      this.#tallies.set(tally.job, own);
      this.#censuses.set(tally.job, countTally(this.census(tally.job), own.get(tally.host) ?? null, tally));
      own.set(tally.host, tally);
    }
  }

  /** Of those that have any since the coordinator started. */
  conduct(task: TaskId, host: HostId): Conduct {
    return this.#conducts.get(task)?.get(host) ?? FIRST_CONDUCT;
  }

  /** What brought these about is committed. */
  keepConducts(conducts: ReadonlyMap<TaskId, ReadonlyMap<HostId, Conduct>>): void {
    for (const [task, changed] of conducts) {
      const own = this.#conducts.get(task) ?? new Map<HostId, Conduct>();
      this.#conducts.set(task, own);
      for (const [host, conduct] of changed) own.set(host, conduct);
    }
  }

  /** The job has ended. Standings stay: the next job of the task wants them. */
  forget(job: JobId): void {
    this.#tallies.delete(job);
    this.#censuses.delete(job);
  }
}
