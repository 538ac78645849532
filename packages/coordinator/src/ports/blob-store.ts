/** Bytes named by their digest. Written once, verified on write and on read (I38). Rules BL1… in docs/spec/blobs.md. */
import type { Readable } from 'node:stream';
import type { Digest } from '@manyhands/protocol';

export type PutOutcome =
  | { readonly kind: 'stored'; readonly bytes: number }
  | { readonly kind: 'digest-mismatch'; readonly actual: Digest }
  | { readonly kind: 'too-large' };

export interface BlobStore {
  /** Durable when it resolves as `stored`; a blob that is already there is read to the end and `stored` again. */
  put(digest: Digest, bytes: AsyncIterable<Uint8Array>, limitBytes: number): Promise<PutOutcome>;
  /** Size in bytes, or null when it is not here. */
  size(digest: Digest): Promise<number | null>;
  /** Bytes [from, to] inclusive; null when it is not here. */
  open(digest: Digest, range?: { from: number; to: number }): Promise<Readable | null>;
  /** The whole blob, verified; null when it is not here. Rejects when its bytes no longer match its name. */
  read(digest: Digest): Promise<Uint8Array | null>;
}
