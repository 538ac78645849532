/**
 * Results this host owes the coordinator. Each stays until its fate is `recorded`, over any number of connections.
 *
 *   keeping → (uploading →) ready → submitted → gone, when recorded
 *   submitted → ready, when the connection is lost before the answer
 *
 * `keeping`: the journal has not yet said that it is on disk; nobody hears of it before that.
 */
import { type LeaseId, type LeaseResult, LIMITS, type TaskId } from '@manyhands/protocol';

export type ResultStage = 'keeping' | 'uploading' | 'ready' | 'submitted';

export interface FinishedResult {
  readonly result: LeaseResult;
  readonly task: TaskId;
  readonly stage: ResultStage;
  /** What it adds to a frame. */
  readonly frameBytes: number;
}

/** In order of completion. */
export type ResultQueue = ReadonlyMap<LeaseId, FinishedResult>;

/** Room for the words around the list. */
const ENVELOPE_BYTES = 64;
const encoder = new TextEncoder();

export const createFinished = (result: LeaseResult, task: TaskId, stage: ResultStage): FinishedResult => ({
  result,
  task,
  stage,
  frameBytes: encoder.encode(JSON.stringify(result)).length + 1,
});

/** An output too large for a frame has to be stored at the coordinator first. */
export const needsUpload = ({ result }: FinishedResult): boolean => result.status === 'ok' && typeof result.output !== 'string';

export function withStage(queue: ResultQueue, leases: Iterable<LeaseId>, stageOf: (entry: FinishedResult) => ResultStage): ResultQueue {
  const changed = new Map(queue);
  for (const lease of leases) {
    const entry = changed.get(lease);
    if (entry !== undefined) changed.set(lease, { ...entry, stage: stageOf(entry) });
  }
  return changed;
}

export const inStage = (queue: ResultQueue, stage: ResultStage): FinishedResult[] =>
  [...queue.values()].filter((entry) => entry.stage === stage);

/** What may be said in one frame: the oldest that are ready, up to the limits of the wire, at least one. */
export function nextBatch(queue: ResultQueue): LeaseResult[] {
  const batch: LeaseResult[] = [];
  let bytes = ENVELOPE_BYTES;
  for (const { result, frameBytes } of inStage(queue, 'ready')) {
    bytes += frameBytes;
    if (batch.length > 0 && (bytes > LIMITS.frameBytes || batch.length >= LIMITS.resultsPerFrame)) break;
    batch.push(result);
  }
  return batch;
}
