/** Blobs that were sent or fetched lately, so that an input's bytes are not fetched back for its result. Bounded in bytes. */
import type { Digest } from '@manyhands/protocol';
import type { CoordinatorApi } from './coordinator-api.ts';

const LIMIT_BYTES = 64 * 1024 * 1024;
const REMEMBERED_DIGESTS = 10_000;

export class BoundedBlobs {
  readonly #api: CoordinatorApi;
  readonly #limitBytes: number;
  /** Oldest first. */
  readonly #held = new Map<Digest, Uint8Array>();
  /** Known to be at the coordinator; oldest first. */
  readonly #stored = new Set<Digest>();
  #heldBytes = 0;

  constructor(api: CoordinatorApi, limitBytes = LIMIT_BYTES) {
    this.#api = api;
    this.#limitBytes = limitBytes;
  }

  async put(digest: Digest, bytes: Uint8Array): Promise<void> {
    if (!this.#stored.has(digest)) await this.#api.putBlob(digest, bytes);
    this.#stored.add(digest);
    for (const oldest of this.#stored) {
      if (this.#stored.size <= REMEMBERED_DIGESTS) break;
      this.#stored.delete(oldest);
    }
    this.#hold(digest, bytes);
  }

  async get(digest: Digest, signal?: AbortSignal): Promise<Uint8Array> {
    const bytes = this.#held.get(digest) ?? (await this.#api.getBlob(digest, signal));
    this.#hold(digest, bytes);
    return bytes;
  }

  #hold(digest: Digest, bytes: Uint8Array): void {
    if (this.#held.delete(digest)) this.#heldBytes -= bytes.length;
    this.#held.set(digest, bytes);
    this.#heldBytes += bytes.length;
    for (const [oldest, { length }] of this.#held) {
      if (this.#heldBytes <= this.#limitBytes) break;
      this.#held.delete(oldest);
      this.#heldBytes -= length;
    }
  }
}
