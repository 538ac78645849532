/**
 * All rows of a job, each once, in the order in which units ended, through broken connections and restarts of the coordinator.
 * The order of asking matters: whether the job has ended is asked *before* its rows are read, so that a read which began
 * after the end and found nothing more has seen everything.
 */
import type { JobId, ResultRow } from '@manyhands/protocol';
import type { CoordinatorApi } from '../http/coordinator-api.ts';
import { SdkError } from '../sdk-error.ts';

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
  for (let idleReads = 0; ; ) {
    const ended = !follow || (await hasEnded(api, job, signal));
    let rows = 0;
    let broken: unknown = null;
    try {
      for await (const row of api.results(job, cursor, !ended, signal)) {
        cursor = row.cursor;
        rows++;
        yield row;
      }
    } catch (error) {
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

const reasonOf = (broken: unknown): string => (broken instanceof Error ? broken.message : 'the stream of results ended early');
