/** A job as pages and authors see it. Pure: what must be looked up is given. */
import type { JobView, UnitCounts } from '@manyhands/protocol';
import type { Job } from '../../domain/job.ts';

export interface JobFacts {
  readonly taskName: string;
  /** Final units a second over the last minute. */
  readonly unitsPerSecond: number;
  /** Distinct hosts with a valid result. */
  readonly hosts: number;
}

export function toJobView(job: Job, { taskName, unitsPerSecond, hosts }: JobFacts): JobView {
  const units = toUnitCounts(job);
  return {
    id: job.id,
    task: job.task,
    taskName,
    title: job.title,
    author: job.author,
    state: job.state === 'closed' ? 'running' : job.state,
    verify: job.verify,
    createdAt: job.createdAt,
    finishedAt: job.endedAt,
    units,
    resultsPerUnit: units.final === 0 ? null : job.counts.results / units.final,
    unitsPerSecond,
    remainingMs: remainingMs(job, units, unitsPerSecond),
    hosts,
  };
}

export function toUnitCounts({ state, unitCount, counts }: Job): UnitCounts {
  const { running, verifying, provisional, final, failed } = counts;
  const open = unitCount - running - verifying - provisional - final - failed;
  // Units of a cancelled job that nobody ever held have no row, and are cancelled all the same.
  const cancelled = state === 'cancelled' ? open : counts.cancelled;
  return { total: unitCount, waiting: open - cancelled, running, verifying, provisional, final, failed, cancelled };
}

/** null: more inputs may come, nothing has been finished lately, or the job has ended. */
function remainingMs({ state }: Job, { waiting, running, verifying }: UnitCounts, unitsPerSecond: number): number | null {
  if (state !== 'closed' || unitsPerSecond <= 0) return null;
  return Math.round(((waiting + running + verifying) / unitsPerSecond) * 1000);
}
