/** Cuts the pairs of one question into executions: many pairs of small outputs travel together, large outputs in twos (JU13). */
import type { Payload } from '@manyhands/protocol';

export type Pair = readonly [Payload, Payload];

/** Each output once, the pairs naming them by their place. */
export interface Batch {
  readonly outputs: readonly Payload[];
  readonly pairs: readonly (readonly [number, number])[];
}

const BATCH_BYTES = 1024 * 1024;
/** What one execution answers, a character each. */
export const MOST_PAIRS = 1_000;

/** In the order of the pairs. */
export function batchesOf(pairs: readonly Pair[]): Batch[] {
  const batches: Batch[] = [];
  for (let rest = pairs; rest.length > 0; ) {
    const { batch, taken } = nextBatch(rest);
    batches.push(batch);
    rest = rest.slice(taken);
  }
  return batches;
}

function nextBatch(pairs: readonly Pair[]): { batch: Batch; taken: number } {
  const outputs: Payload[] = [];
  const places = new Map<string, number>();
  const placeOf = (output: Payload): number => {
    const place = places.get(keyOf(output)) ?? outputs.push(output) - 1;
    places.set(keyOf(output), place);
    return place;
  };
  const batch: [number, number][] = [];
  let bytes = 0;
  for (const pair of pairs) {
    bytes += pair.reduce((sum, output) => sum + (places.has(keyOf(output)) ? 0 : sizeOf(output)), 0);
    if (batch.length > 0 && (batch.length >= MOST_PAIRS || bytes > BATCH_BYTES)) break;
    batch.push([placeOf(pair[0]), placeOf(pair[1])]);
  }
  return { batch: { outputs, pairs: batch }, taken: batch.length };
}

const sizeOf = (output: Payload): number => (typeof output === 'string' ? output.length : output.bytes);
// A text may look like the name of a blob.
const keyOf = (output: Payload): string => (typeof output === 'string' ? `text ${output}` : `blob ${output.blob} ${output.bytes}`);
