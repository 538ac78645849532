/** Blobs in memory, with the contract of ports/blob-store.ts. */
import { Readable } from 'node:stream';
import { digestOf } from '@manyhands/identity';
import type { Digest } from '@manyhands/protocol';
import type { BlobStore, PutOutcome } from '../src/ports/blob-store.ts';

export class MemoryBlobStore implements BlobStore {
  readonly blobs = new Map<Digest, Buffer>();

  /** Stores bytes under their own name. */
  add(content: string | Uint8Array): Digest {
    const digest = digestOf(content);
    this.blobs.set(digest, Buffer.from(content));
    return digest;
  }

  async put(digest: Digest, bytes: AsyncIterable<Uint8Array>, limitBytes: number): Promise<PutOutcome> {
    const pieces: Uint8Array[] = [];
    let size = 0;
    for await (const piece of bytes) {
      size += piece.length;
      if (size > limitBytes) return { kind: 'too-large' };
      pieces.push(piece);
    }
    const whole = Buffer.concat(pieces);
    const actual = digestOf(whole);
    if (actual !== digest) return { kind: 'digest-mismatch', actual };
    this.blobs.set(digest, whole);
    return { kind: 'stored', bytes: size };
  }

  async size(digest: Digest): Promise<number | null> {
    return this.blobs.get(digest)?.length ?? null;
  }

  async open(digest: Digest, range?: { from: number; to: number }): Promise<Readable | null> {
    const blob = this.blobs.get(digest);
    if (blob === undefined) return null;
    return Readable.from([range === undefined ? blob : blob.subarray(range.from, range.to + 1)]);
  }

  async read(digest: Digest): Promise<Uint8Array | null> {
    const blob = this.blobs.get(digest);
    // A plain array: Buffer's slice() shares memory, which whoever is promised a Uint8Array does not expect.
    return blob === undefined ? null : new Uint8Array(blob);
  }
}
