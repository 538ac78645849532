/** From a row as it travels to a result as the author sees it. */
import { blobsOf, type Digest, decodeValue, type Payload, type ResultRow, type Value } from '@manyhands/protocol';
import type { BoundedBlobs } from '../http/bounded-blobs.ts';
import type { UnitResult } from './unit-result.ts';

/** Outputs have passed the task's output schema where they were computed; here they are only decoded. */
export async function readResult(row: ResultRow, blobs: BoundedBlobs, signal: AbortSignal): Promise<UnitResult<unknown, unknown>> {
  const { index, verifiedBy, replicas, endedAt, cursor, status, error, corrects } = row;
  const ended = {
    index,
    input: await readPayload(row.input, blobs, signal),
    verifiedBy,
    replicas,
    endedAt,
    cursor,
    ...(corrects !== undefined && { corrects }),
  };
  if (status === 'cancelled') return { ...ended, status };
  if (status === 'failed') return { ...ended, status, error: error ?? { kind: 'crash', message: 'The coordinator gave no reason.' } };
  return { ...ended, status, output: await readPayload(row.output ?? 'null', blobs, signal) };
}

async function readPayload(payload: Payload, blobs: BoundedBlobs, signal: AbortSignal): Promise<Value> {
  const text = typeof payload === 'string' ? payload : new TextDecoder().decode(await blobs.get(payload.blob, signal));
  const bytes = new Map<string, Uint8Array>();
  for (const digest of blobsOf(text) as Digest[]) bytes.set(digest, await blobs.get(digest, signal));
  return decodeValue(text, { blob: (digest) => bytes.get(digest) as Uint8Array });
}
