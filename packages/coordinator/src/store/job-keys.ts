import type { Job } from '../domain/job.ts';

/** Jobs of one change whose idempotency key an earlier job of the same change took: as stale as if it had been committed before (ST3). */
export function outrunJobs(jobs: readonly Job[]): ReadonlySet<Job> {
  const holders = new Map<string, string>();
  const outrun = new Set<Job>();
  for (const job of jobs) {
    const key = JSON.stringify([job.author, job.key]);
    const holder = holders.get(key) ?? job.id;
    holders.set(key, holder);
    if (holder !== job.id) outrun.add(job);
  }
  return outrun;
}
