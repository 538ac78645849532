/** Blobs in this process's memory, for simulations and tests. */
import { Readable } from 'node:stream';
import { digestOf } from '@manyhands/identity';
import type { Digest } from '@manyhands/protocol';
import type { BlobStore, PutOutcome } from '../ports/blob-store.ts';

export const createMemoryBlobStore = (): BlobStore => new MemoryBlobStore();

class MemoryBlobStore implements BlobStore {
  readonly #blobs = new Map<Digest, Buffer>();

  async put(digest: Digest, bytes: AsyncIterable<Uint8Array>, limitBytes: number): Promise<PutOutcome> {
    const pieces: Uint8Array[] = [];
    let count = 0;
    for await (const piece of bytes) {
      count += piece.byteLength;
      if (count > limitBytes) return { kind: 'too-large' };
      pieces.push(piece);
    }
    const blob = Buffer.concat(pieces);
    const actual = digestOf(blob);
    if (actual !== digest) return { kind: 'digest-mismatch', actual };
    this.#blobs.set(digest, blob);
    return { kind: 'stored', bytes: count };
  }

  async size(digest: Digest): Promise<number | null> {
    return this.#blobs.get(digest)?.byteLength ?? null;
  }

  async open(digest: Digest, range?: { from: number; to: number }): Promise<Readable | null> {
    const blob = this.#blobs.get(digest);
    return blob === undefined ? null : Readable.from([range === undefined ? blob : blob.subarray(range.from, range.to + 1)]);
  }

  async read(digest: Digest): Promise<Uint8Array | null> {
    return this.#blobs.get(digest) ?? null;
  }
}
