/** Bytes on this machine's disk, named by their digest: fetched ahead, kept while something needs them, bounded otherwise. */
import type { Digest } from '@manyhands/protocol';
import type { Answer } from './coordinator-api.ts';

export interface BlobStore {
  /** Without the network: `ok` or `refused` when the blob is here, null when it is not. */
  find(digest: Digest, limitBytes: number): Answer<null> | null;
  /** Fetches the blob unless it is here. A blob larger than `limitBytes`, or whose bytes do not match its name, is refused. */
  ensure(digest: Digest, limitBytes: number, signal: AbortSignal): Promise<Answer<null>>;
  /** The whole blob, its digest checked; null when it is not here or no longer whole (it is then deleted). */
  read(digest: Digest): Promise<Uint8Array | null>;
  /** Held by `owner` at once, durable when it resolves. Rejects when the disk fails. */
  put(owner: string, bytes: Uint8Array): Promise<Digest>;
  /** While `owner` holds it, a blob is not evicted. */
  hold(owner: string, digest: Digest): void;
  release(owner: string): void;
}
