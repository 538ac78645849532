/** A job as pages and authors see it. Pure: what must be looked up is given. */
import type { JobView, UnitCounts } from '@manyhands/protocol';
import type { Job } from '../../domain/job.ts';

export interface JobFacts {
  readonly taskName: string;
  /** Units answered a second over the last minute. */
  readonly unitsPerSecond: number;
  /** Distinct hosts with a valid result. */
  readonly hosts: number;
}

export function toJobView(job: Job, { taskName, unitsPerSecond, hosts }: JobFacts): JobView {
  const units = toUnitCounts(job);
  const answered = units.provisional + units.final;
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
    resultsPerUnit: answered === 0 ? null : job.counts.results / answered,
    unitsPerSecond,
    remainingMs: remainingMs(job, units, unitsPerSecond),
    hosts,
    ...(job.counts.retracted > 0 && { retracted: job.counts.retracted }),
  };
}

export function toUnitCounts({ state, unitCount, counts }: Job): UnitCounts {
  const { running, verifying, provisional, final, failed } = counts;
  const open = unitCount - running - verifying - provisional - final - failed;
  // Units of a cancelled job that nobody ever held have no row, and are cancelled all the same.
  const cancelled = state === 'cancelled' ? open : counts.cancelled;
  return { total: unitCount, waiting: open - cancelled, running, verifying, provisional, final, failed, cancelled };
}

/** null: more inputs may come, nothing has been answered lately, only the audit is left, or the job has ended. */
function remainingMs({ state }: Job, { waiting, running, verifying, provisional }: UnitCounts, unitsPerSecond: number): number | null {
  const open = waiting + running + verifying;
  if (state !== 'closed' || unitsPerSecond <= 0 || (open === 0 && provisional > 0)) return null;
  return Math.round((open / unitsPerSecond) * 1000);
}
