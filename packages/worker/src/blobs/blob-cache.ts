/** The bounded cache of blobs on disk: fetched once however many ask, checked whenever read, the least recently used evicted first. */
import { digestOf } from '@manyhands/identity';
import type { Digest } from '@manyhands/protocol';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Answer, CoordinatorApi } from '../ports/coordinator-api.ts';
import { downloadBlob } from './blob-download.ts';
import { BlobFolder } from './blob-folder.ts';
import { Turnstile } from './turnstile.ts';

export interface BlobCacheOptions {
  readonly folder: string;
  /** What is held is never evicted, so the folder may exceed this while work needs it. */
  readonly limitBytes: number;
  readonly api: CoordinatorApi;
  /** Epoch milliseconds. */
  readonly now: number;
}

const PARALLEL_DOWNLOADS = 4;

interface Download {
  readonly answer: Promise<Answer<null>>;
  readonly controller: AbortController;
  waiting: number;
}

export async function openBlobCache(options: BlobCacheOptions): Promise<BlobStore> {
  const folder = await BlobFolder.open(options.folder, options.now);
  const sizes = new Map((await folder.list()).map(({ digest, bytes }) => [digest, bytes] as const));
  const cache = new BlobCache(folder, sizes, options);
  await cache.evict();
  return cache;
}

class BlobCache implements BlobStore {
  readonly #folder: BlobFolder;
  readonly #options: BlobCacheOptions;
  /** Bytes by digest, least recently used first. */
  readonly #sizes: Map<Digest, number>;
  readonly #holds = new Map<string, Set<Digest>>();
  readonly #downloads = new Map<Digest, Download>();
  readonly #turnstile = new Turnstile(PARALLEL_DOWNLOADS);

  constructor(folder: BlobFolder, sizes: Map<Digest, number>, options: BlobCacheOptions) {
    this.#folder = folder;
    this.#sizes = sizes;
    this.#options = options;
  }

  async ensure(digest: Digest, limitBytes: number, signal: AbortSignal): Promise<Answer<null>> {
    return this.find(digest, limitBytes) ?? this.#join(digest, limitBytes, signal);
  }

  find(digest: Digest, limitBytes: number): Answer<null> | null {
    const bytes = this.#sizes.get(digest);
    if (bytes === undefined) return null;
    this.#touch(digest, bytes);
    if (bytes > limitBytes) return { kind: 'refused', reason: `it has ${bytes} bytes, ${limitBytes} are allowed` };
    return { kind: 'ok', value: null };
  }

  async read(digest: Digest): Promise<Uint8Array | null> {
    const bytes = await this.#folder.read(digest);
    if (bytes === null) this.#sizes.delete(digest);
    else this.#touch(digest, bytes.length);
    return bytes;
  }

  async put(owner: string, bytes: Uint8Array): Promise<Digest> {
    const digest = digestOf(bytes);
    this.hold(owner, digest);
    if (!this.#sizes.has(digest)) await this.#folder.write(digest, bytes);
    this.#touch(digest, bytes.length);
    await this.evict();
    return digest;
  }

  hold(owner: string, digest: Digest): void {
    const held = this.#holds.get(owner) ?? new Set();
    this.#holds.set(owner, held.add(digest));
  }

  release(owner: string): void {
    this.#holds.delete(owner);
  }

  async evict(): Promise<void> {
    let total = this.#sizes.values().reduce((sum, bytes) => sum + bytes, 0);
    if (total <= this.#options.limitBytes) return;
    const held = new Set([...this.#holds.values()].flatMap((digests) => [...digests]));
    for (const [digest, bytes] of this.#sizes) {
      if (total <= this.#options.limitBytes) return;
      if (held.has(digest)) continue;
      this.#sizes.delete(digest);
      total -= bytes;
      await this.#folder.remove(digest);
    }
  }

  #touch(digest: Digest, bytes: number): void {
    this.#sizes.delete(digest);
    this.#sizes.set(digest, bytes);
  }

  /** All who want a blob share one download; it goes on as long as one of them still wants it. */
  async #join(digest: Digest, limitBytes: number, signal: AbortSignal): Promise<Answer<null>> {
    const download = this.#downloads.get(digest) ?? this.#begin(digest, limitBytes);
    download.waiting++;
    const leave = () => {
      if (--download.waiting === 0) download.controller.abort();
    };
    signal.addEventListener('abort', leave, { once: true });
    const answer = await download.answer;
    signal.removeEventListener('abort', leave);
    return answer;
  }

  #begin(digest: Digest, limitBytes: number): Download {
    const controller = new AbortController();
    const answer = this.#turnstile.pass(() => this.#fetch(digest, limitBytes, controller.signal));
    const download = { answer, controller, waiting: 0 };
    this.#downloads.set(digest, download);
    return download;
  }

  async #fetch(digest: Digest, limitBytes: number, signal: AbortSignal): Promise<Answer<null>> {
    const answer = await downloadBlob({ api: this.#options.api, folder: this.#folder }, digest, limitBytes, signal);
    this.#downloads.delete(digest);
    if (answer.kind !== 'ok') return answer;
    this.#touch(digest, answer.value);
    await this.evict();
    return { kind: 'ok', value: null };
  }
}
