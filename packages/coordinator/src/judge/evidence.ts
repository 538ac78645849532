/** Between payloads and what a runner is given: the texts, and the blobs they name, within bounds, since an output may name any blob there is (I42). */
import { blobsOf, type Digest, LIMITS, type Payload } from '@manyhands/protocol';
import type { BlobStore } from '../ports/blob-store.ts';
import { Broken, Unfounded } from './failures.ts';

export interface Evidence {
  readonly text: string;
  readonly blobs: ReadonlyMap<Digest, Uint8Array>;
}

/** Rejects with Broken when it is not all here. */
export async function readInput(store: BlobStore, input: Payload): Promise<Evidence> {
  const text = await textOf(store, input);
  if (text === null) throw new Broken('the input is not stored here');
  const blobs = await gather(store, blobsOf(text) as Digest[], LIMITS.blobBytes);
  if (blobs === null) throw new Broken(`the input names blobs of more than ${LIMITS.blobBytes} bytes`);
  return { text, blobs };
}

/** Rejects with Unfounded when the fault is the sender's; a disk of ours that fails is no such fault. What an output names counts as output. */
export async function readOutput(store: BlobStore, output: Payload, limitBytes: number): Promise<Evidence> {
  if (typeof output !== 'string' && (await store.size(output.blob)) !== output.bytes)
    throw new Unfounded('the output was never uploaded, or is not as large as it says');
  const text = await textOf(store, output);
  const blobs = text === null ? null : await gather(store, namesIn(text), limitBytes);
  if (text === null || blobs === null) throw new Unfounded(`the output is gone, or names blobs of more than ${limitBytes} bytes`);
  return { text, blobs };
}

/** As a worker names what it computed: inline when small, else stored under its digest. */
export async function keepAnswer(store: BlobStore, text: string, digest: Digest): Promise<Payload> {
  const bytes = Buffer.from(text);
  if (bytes.length <= LIMITS.inlinePayloadBytes) return text;
  const stored = await store.put(digest, oneByOne(bytes), bytes.length);
  if (stored.kind !== 'stored') throw new Broken(`the referee's answer of ${bytes.length} bytes could not be stored: ${stored.kind}`);
  return { blob: digest, bytes: bytes.length };
}

async function* oneByOne(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** null: it is not here. */
async function textOf(store: BlobStore, payload: Payload): Promise<string | null> {
  if (typeof payload === 'string') return payload;
  const bytes = await store.read(payload.blob);
  return bytes === null ? null : Buffer.from(bytes).toString();
}

/** An output that is not JSON names nothing; whoever decodes it will find it wrong. */
function namesIn(output: string): Digest[] {
  try {
    return blobsOf(output) as Digest[];
  } catch {
    return [];
  }
}

/** null: more than `limitBytes` in all. */
async function gather(store: BlobStore, digests: readonly Digest[], limitBytes: number): Promise<ReadonlyMap<Digest, Uint8Array> | null> {
  const blobs = new Map<Digest, Uint8Array>();
  let left = limitBytes;
  for (const digest of digests) {
    const size = await store.size(digest);
    if (size === null) continue; // The runner is told that it was not sent along.
    left -= size;
    if (left < 0) return null;
    const bytes = await store.read(digest);
    if (bytes !== null) blobs.set(digest, bytes);
  }
  return blobs;
}
