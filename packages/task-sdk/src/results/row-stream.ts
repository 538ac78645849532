/**
 * All rows of a job, each once, in the order in which units ended, through broken connections and restarts of the coordinator. When the project was
 * restored from a backup meanwhile, places in that order mean nothing any more: the rows are read from the first again, and those of units that were
 * seen are passed over.
 * The order of asking matters: whether the job has ended is asked *before* its rows are read, so that a read which began
 * after the end and found nothing more has seen everything.
 */
import type { JobId, ResultRow } from '@manyhands/protocol';
import type { CoordinatorApi } from '../http/coordinator-api.ts';
import { SdkError } from '../sdk-error.ts';
import { IndexSet } from './index-set.ts';

export interface RowStreamOptions {
  /** Go on behind this cursor; null: from the first row. */
  readonly after: string | null;
  /** Wait for rows to come until the job has ended; else stop at the last there is. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

export async function* rowsOf(
  api: CoordinatorApi,
  job: JobId,
  { after, follow, signal }: RowStreamOptions,
): AsyncGenerator<ResultRow, void, void> {
  let cursor = after;
  let isReadAgain = false;
  // Who began behind a cursor of their own knows what they had before; we do not.
  const seen = after === null ? new IndexSet() : null;
  for (let idleReads = 0; ; ) {
    const ended = !follow || (await hasEnded(api, job, signal));
    let rows = 0;
    let broken: unknown = null;
    try {
      for await (const row of api.results(job, cursor, !ended, signal)) {
        cursor = row.cursor;
        rows++;
        // One that corrects an earlier row is news.
        if (isReadAgain && seen?.has(row.index) === true && !('corrects' in row)) continue;
        seen?.add(row.index);
        yield row;
      }
    } catch (error) {
      if (seen !== null && isOfAnotherLife(error)) {
        cursor = null;
        isReadAgain = true;
        continue;
      }
      if (signal.aborted || error instanceof SdkError) throw error;
      broken = error;
    }
    if (ended && rows === 0 && broken === null) return;
    idleReads = rows > 0 ? 0 : idleReads + 1;
    if (broken !== null || (rows === 0 && !ended)) await api.requester.pause(idleReads, reasonOf(broken), { signal });
  }
}

async function hasEnded(api: CoordinatorApi, job: JobId, signal: AbortSignal): Promise<boolean> {
  const { state } = await api.job(job, signal);
  return state === 'done' || state === 'cancelled';
}

const isOfAnotherLife = (error: unknown): boolean => error instanceof SdkError && error.answer?.code === 'gone';

const reasonOf = (broken: unknown): string => (broken instanceof Error ? broken.message : 'the stream of results ended early');
