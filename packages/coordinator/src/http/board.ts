/** What anybody may read of the project, put together from the engine's live figures and the store. */
import {
  type JobId,
  type JobMap,
  type JobView,
  OLDEST_PROTOCOL_VERSION,
  PROTOCOL_VERSION,
  type ProjectView,
  type StatsView,
  type TaskId,
  type TaskView,
} from '@manyhands/protocol';
import type { PublishedTask } from '../domain/change-set.ts';
import type { Job } from '../domain/job.ts';
import type { Coordinator, LiveFigures } from '../engine/coordinator.ts';
import type { Clock } from '../ports/clock.ts';
import type { LoadGauge } from '../ports/load-gauge.ts';
import type { ReadStore } from '../ports/read-store.ts';
import { toAccountLine, toTeamLine } from './views/credit-view.ts';
import { toJobMap } from './views/job-map.ts';
import { toJobView } from './views/job-view.ts';

export interface ProjectFacts {
  readonly name: string;
  readonly description: string;
  readonly operator: string;
  readonly projectKey: string;
  /** E.g. `manyhands 0.1.0`. */
  readonly software: string;
}

export interface BoardOptions {
  readonly coordinator: Pick<Coordinator, 'figures'>;
  readonly reads: ReadStore;
  readonly clock: Clock;
  readonly project: ProjectFacts;
  readonly load: LoadGauge;
}

/** Figures are at most this old: many visitors cost as much as one. */
const STATS_MAX_AGE_MS = 500;
/** … while there is too much to do for more. */
const STALE_STATS_MAX_AGE_MS = 30_000;
const JOBS_SHOWN = 20;
const LEADERS_SHOWN = { limit: 20, after: null };

export const toTaskView = ({ id, manifest, author, publishedAt }: PublishedTask): TaskView => ({ id, manifest, author, publishedAt });

export class Board {
  readonly #options: BoardOptions;
  /** A task never changes. */
  readonly #tasks = new Map<TaskId, PublishedTask>();
  #stats: { readonly at: number; readonly view: Promise<StatsView> } | null = null;

  constructor(options: BoardOptions) {
    this.#options = options;
  }

  async task(id: TaskId): Promise<PublishedTask | null> {
    const known = this.#tasks.get(id);
    if (known !== undefined) return known;
    const task = await this.#options.reads.loadTask(id);
    if (task !== null) this.#tasks.set(id, task);
    return task;
  }

  async job(job: Job, figures: LiveFigures = this.#options.coordinator.figures()): Promise<JobView> {
    const [task, hosts] = await Promise.all([this.task(job.task), this.#options.reads.hostsOf(job.id)]);
    const unitsPerSecond = figures.jobUnitsPerSecond.get(job.id) ?? 0;
    return toJobView(job, { taskName: task?.manifest.name ?? job.task, unitsPerSecond, hosts });
  }

  /** Newest first, behind `after`; null: from the newest. */
  async jobs(limit: number, after: JobId | null): Promise<JobView[]> {
    const figures = this.#options.coordinator.figures();
    const jobs = await this.#options.reads.listJobs(limit, after);
    return Promise.all(jobs.map((job) => this.job(job, figures)));
  }

  /** The newest jobs, and every older one that is still worked on. */
  async #shownJobs(figures: LiveFigures): Promise<JobView[]> {
    const newest = await this.#options.reads.listJobs(JOBS_SHOWN, null);
    const shown = new Set(newest.map((job) => job.id));
    const older = figures.jobs.filter((job) => job.endedAt === null && !shown.has(job.id)).slice(0, JOBS_SHOWN);
    return Promise.all([...newest, ...older].map((job) => this.job(job, figures)));
  }

  async map(job: Job, isInsider = false): Promise<JobMap> {
    const { unitsPerCell, cells } = await this.#options.reads.cells(job.id);
    return toJobMap(job, unitsPerCell, cells, isInsider);
  }

  stats(): Promise<StatsView> {
    const now = this.#options.clock.now();
    const age = this.#stats === null ? Number.POSITIVE_INFINITY : now - this.#stats.at;
    // A clock that stepped back makes an age negative; such figures are as old as any.
    const mostMs = this.#options.load.sheds('page') ? STALE_STATS_MAX_AGE_MS : STATS_MAX_AGE_MS;
    if (this.#stats === null || age < 0 || age >= mostMs) {
      const view = this.#readStats(now);
      this.#stats = { at: now, view };
      view.catch(() => {
        this.#stats = null;
      });
    }
    return this.#stats.view;
  }

  async project(): Promise<ProjectView> {
    const active = new Set(
      this.#options.coordinator
        .figures()
        .jobs.filter((job) => job.endedAt === null)
        .map((job) => job.task),
    );
    const tasks = (await Promise.all([...active].map((id) => this.task(id)))).filter((task) => task !== null);
    return {
      ...this.#options.project,
      protocol: { oldest: OLDEST_PROTOCOL_VERSION, newest: PROTOCOL_VERSION },
      tasks: tasks.map(toTaskView).sort((a, b) => b.publishedAt - a.publishedAt),
    };
  }

  async #readStats(asOf: number): Promise<StatsView> {
    const { reads, coordinator, project } = this.#options;
    const figures = coordinator.figures();
    const [totals, leaders, teams, jobs] = await Promise.all([
      reads.totals(),
      reads.ranking('account', 'total', LEADERS_SHOWN),
      reads.ranking('team', 'total', LEADERS_SHOWN),
      this.#shownJobs(figures),
    ]);
    return {
      asOf,
      project: project.name,
      hostsOnline: figures.hostsOnline,
      coresOnline: figures.coresOnline,
      hostsEver: totals.hosts,
      accountsEver: totals.accounts,
      unitsPerSecond: figures.unitsPerSecond,
      finalUnits: totals.finalUnits,
      throughput: [...figures.throughput],
      leaders: leaders.map((account) => toAccountLine(account, asOf)),
      teams: teams.map((team) => toTeamLine(team, asOf)),
      jobs,
    };
  }
}
