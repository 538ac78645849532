/** From a row as it travels to a result as the author sees it. */
import { blobsOf, type Digest, decodeValue, type Payload, type ResultRow, type Value } from '@manyhands/protocol';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { BoundedBlobs } from '../http/bounded-blobs.ts';
import { describeIssue } from '../inputs/input-encoder.ts';
import { SdkError } from '../sdk-error.ts';
import type { UnitResult } from './unit-result.ts';

/** `outputSchema` null: the task is not known here, so outputs stay as `run` returned them. */
export async function readResult(
  row: ResultRow,
  outputSchema: StandardSchemaV1 | null,
  blobs: BoundedBlobs,
  signal: AbortSignal,
): Promise<UnitResult<unknown, unknown>> {
  const { index, verifiedBy, replicas, endedAt, cursor, status, error } = row;
  const ended = { index, input: await readPayload(row.input, blobs, signal), verifiedBy, replicas, endedAt, cursor };
  if (status === 'cancelled') return { ...ended, status };
  if (status === 'failed') return { ...ended, status, error: error ?? { kind: 'crash', message: 'The coordinator gave no reason.' } };
  const value = await readPayload(row.output ?? 'null', blobs, signal);
  return { ...ended, status, output: outputSchema === null ? value : await parseOutput(outputSchema, value, index) };
}

async function readPayload(payload: Payload, blobs: BoundedBlobs, signal: AbortSignal): Promise<Value> {
  const text = typeof payload === 'string' ? payload : new TextDecoder().decode(await blobs.get(payload.blob, signal));
  const bytes = new Map<string, Uint8Array>();
  for (const digest of blobsOf(text) as Digest[]) bytes.set(digest, await blobs.get(digest, signal));
  return decodeValue(text, { blob: (digest) => bytes.get(digest) as Uint8Array });
}

async function parseOutput(schema: StandardSchemaV1, value: Value, index: number): Promise<unknown> {
  const result = await schema['~standard'].validate(value);
  if (result.issues === undefined) return result.value;
  throw new SdkError(
    'output',
    `The output of unit ${index} does not fit the task's output schema: ${describeIssue(result.issues[0])}. ` +
      'Make the schema match what `run` returns, and publish the task as a new version.',
  );
}
