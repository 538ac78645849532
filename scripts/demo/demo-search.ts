/** The job itself: exactly what an author writes, plus the progress of it. */
import { progressBlock, progressSentence, type Screen } from '@manyhands/cli';
import type { JobView } from '@manyhands/protocol';
import { type BelievedResult, connect, type UnitResult } from '@manyhands/task-sdk';
import { type Findings, narrowband, type SubBand, type SubBands } from '../../examples/narrowband/src/index.ts';

export interface SearchOutcome {
  readonly job: JobView;
  readonly url: string;
  readonly results: readonly BelievedResult<SubBand, Findings>[];
  readonly failures: readonly UnitResult<SubBand, Findings>[];
}

const SHOW_EVERY_MS = 500;

export interface SearchRequest {
  readonly authorFile: string;
  readonly subBands: SubBands;
  readonly title: string;
  /** Ends the search early. */
  readonly signal: AbortSignal;
}

export async function searchWithVolunteers({ authorFile, subBands, title, signal }: SearchRequest, screen: Screen): Promise<SearchOutcome> {
  await using grid = await connect({ authorFile, signal });
  const job = grid.map(narrowband, subBands, { title });
  const url = await job.url;
  screen.note(`Watch it: ${url}\n`);
  const [view, results] = await Promise.all([showProgress(job.watch({ everyMs: SHOW_EVERY_MS }), screen), job]);
  const isBelieved = (result: UnitResult<SubBand, Findings>) => result.status === 'ok';
  return {
    job: view,
    url,
    results: results.filter((result): result is BelievedResult<SubBand, Findings> => isBelieved(result)),
    failures: results.filter((result) => !isBelieved(result)),
  };
}

async function showProgress(views: AsyncIterable<JobView>, screen: Screen): Promise<JobView> {
  const live = screen.live();
  let last: JobView | null = null;
  for await (const view of views) {
    last = view;
    live.show({ block: progressBlock(view, screen), line: progressSentence(view) });
  }
  live.end();
  return last as JobView;
}
