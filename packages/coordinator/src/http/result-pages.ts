/** A job's results page by page, in the order in which its units ended; with `follow`, until the job has ended. */
import type { JobId, ResultRow } from '@manyhands/protocol';
import type { ReadStore } from '../ports/read-store.ts';
import type { JobChanges } from './job-changes.ts';

/** Bounds what one reader holds in memory: a row may carry 128 KiB (I42). */
const PAGE_ROWS = 256;

export interface ResultsQuery {
  readonly job: JobId;
  /** The cursor of the last row already known; 0: from the first. */
  readonly after: number;
  readonly limit: number;
  readonly follow: boolean;
}

/** An empty page means: nothing new, still here. */
export async function* resultPages(
  { reads, changes }: { reads: ReadStore; changes: JobChanges },
  { job, after, limit, follow }: ResultsQuery,
  gone: AbortSignal,
): AsyncGenerator<readonly ResultRow[], void, undefined> {
  using watch = changes.watch(job);
  let cursor = after;
  let left = limit;
  while (left > 0 && !gone.aborted) {
    const seen = watch.pulse.beats;
    // Looked up before the page: what had ended by then is in the page, so an empty page behind it is the end.
    const ended = (await reads.loadJob(job))?.endedAt !== null;
    const rows = await reads.results(job, cursor, Math.min(PAGE_ROWS, left));
    yield rows;
    cursor = Number(rows.at(-1)?.cursor ?? cursor);
    left -= rows.length;
    if (rows.length > 0) continue;
    if (ended || !follow) return;
    await watch.pulse.after(seen, gone);
  }
}
