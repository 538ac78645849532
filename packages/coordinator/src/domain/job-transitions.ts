/** What can happen to a job. Each answer is the job after it, or why not. The revision is left alone: the commit raises it. */

import type { Job, JobCounts } from './job.ts';
import type { CountsDelta } from './transition.ts';

export interface ChunkFacts {
  readonly chunk: number;
  readonly count: number;
  /** No more inputs will come. */
  readonly close: boolean;
}

export type Append =
  | { readonly kind: 'appended'; readonly job: Job; readonly firstIndex: number }
  /** A chunk of this number is stored; whether it is the same must be looked up (I5). `job` is closed if the repeat of the last chunk says so. */
  | { readonly kind: 'stored-before'; readonly job: Job }
  | { readonly kind: 'out-of-order'; readonly expected: number }
  | { readonly kind: 'not-open' }
  | { readonly kind: 'not-a-stream' };

export function appendChunk(job: Job, { chunk, count, close }: ChunkFacts, now: number): Append {
  if (job.inputs.kind !== 'stream') return { kind: 'not-a-stream' };
  const isOpen = job.state === 'open';
  if (chunk < job.chunkCount) {
    const closes = isOpen && close && chunk === job.chunkCount - 1;
    return { kind: 'stored-before', job: closes ? endWhenDone({ ...job, state: 'closed' }, now) : job };
  }
  if (!isOpen) return { kind: 'not-open' };
  if (chunk > job.chunkCount) return { kind: 'out-of-order', expected: job.chunkCount };
  const grown: Job = { ...job, state: close ? 'closed' : 'open', unitCount: job.unitCount + count, chunkCount: chunk + 1 };
  return { kind: 'appended', job: endWhenDone(grown, now), firstIndex: job.unitCount };
}

/** Stops the job from handing anything out; `endedAt` follows when its open units are cancelled too. null: it has ended already. */
export function cancelJob(job: Job): Job | null {
  if (job.state === 'cancelled') return job;
  return job.state === 'done' ? null : { ...job, state: 'cancelled' };
}

/** A closed job is done when each of its units has ended, and closed again when a retraction has opened one. */
export function endWhenDone(job: Job, now: number): Job {
  const isDone = job.counts.final + job.counts.failed + job.counts.cancelled === job.unitCount;
  if (job.state === 'closed' && isDone) return { ...job, state: 'done', endedAt: now };
  return job.state === 'done' && !isDone ? { ...job, state: 'closed', endedAt: null } : job;
}

export function addCounts(counts: JobCounts, delta: CountsDelta): JobCounts {
  const sum: Record<keyof JobCounts, number> = { ...counts };
  for (const name of Object.keys(delta) as (keyof JobCounts)[]) sum[name] += delta[name] as number;
  return sum;
}
