/**
 * The journal's bytes on disk. One write is in flight; what arrives meanwhile goes with the next, under one fsync.
 * When the file has grown far beyond what is still true, the next write replaces it by its shortest form instead:
 * written beside it, synced, renamed over it, so that a crash at any moment leaves one whole file or the other.
 */
import { writeSync } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

interface Waiting {
  readonly text: string;
  readonly mustSync: boolean;
  readonly done: PromiseWithResolvers<void>;
}

/** A file smaller than this is never worth replacing. */
const COMPACT_ABOVE_BYTES = 4 * 1024 * 1024;
const COMPACT_AT_TIMES = 4;
const OWNER_ONLY = 0o600;

export class JournalFile implements AsyncDisposable {
  readonly #path: string;
  /** The whole journal in its shortest form, everything appended so far included. */
  readonly #snapshot: () => string;
  #handle: FileHandle | null = null;
  #queue: Waiting[] = [];
  #writing: Promise<void> | null = null;
  #writtenBytes = 0;
  #compactBytes = 0;
  #failure: Error | null = null;
  readonly #failed = Promise.withResolvers<Error>();

  private constructor(path: string, snapshot: () => string) {
    this.#path = path;
    this.#snapshot = snapshot;
  }

  /** Replaces whatever stands at `path` by the snapshot. Rejects when the disk refuses. */
  static async create(path: string, snapshot: () => string): Promise<JournalFile> {
    const file = new JournalFile(path, snapshot);
    await file.#replace();
    return file;
  }

  get failed(): Promise<Error> {
    return this.#failed.promise;
  }

  /** Resolves when written, and synced if `mustSync`. Rejects when the disk failed; the first failure is the last (no fsync is retried). */
  append(text: string, mustSync: boolean): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    const done = Promise.withResolvers<void>();
    this.#queue.push({ text, mustSync, done });
    this.#writing ??= this.#drain();
    return done.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing;
    this.#failure ??= new Error(`the journal ${this.#path} is closed`);
    await this.#handle?.close();
    this.#handle = null;
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      try {
        await this.#write(batch);
        for (const { done } of batch) done.resolve();
      } catch (error) {
        this.#fail(error as Error, [...batch, ...this.#queue]);
      }
    }
    this.#writing = null;
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    if (this.#writtenBytes > Math.max(COMPACT_ABOVE_BYTES, COMPACT_AT_TIMES * this.#compactBytes)) return this.#replace();
    const bytes = Buffer.from(batch.map(({ text }) => text).join(''));
    const handle = this.#handle;
    if (handle === null) throw new Error('it is not open');
    appendWhole(handle.fd, bytes);
    this.#writtenBytes += bytes.length;
    if (batch.some(({ mustSync }) => mustSync)) await handle.datasync();
  }

  async #replace(): Promise<void> {
    const bytes = Buffer.from(this.#snapshot());
    const next = `${this.#path}.next`;
    await writeSynced(next, bytes);
    await this.#handle?.close();
    await rename(next, this.#path);
    await syncFolder(dirname(this.#path));
    this.#handle = await open(this.#path, 'a', OWNER_ONLY);
    this.#writtenBytes = bytes.length;
    this.#compactBytes = bytes.length;
  }

  #fail(error: Error, batch: readonly Waiting[]): void {
    this.#queue = [];
    this.#failure = new Error(`the journal ${this.#path} cannot be written: ${error.message}`, { cause: error });
    for (const { done } of batch) done.reject(this.#failure);
    this.#failed.resolve(this.#failure);
  }
}

/** A few bytes into the page cache take microseconds; a trip to another thread takes longer, and a core from whatever computes there. */
function appendWhole(fd: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  await using handle = await open(path, 'w', OWNER_ONLY);
  await handle.writeFile(bytes);
  await handle.sync();
}

/** A rename survives power loss only when its folder was synced too; Windows has no such call. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  await using handle = await open(path, 'r');
  await handle.sync();
}
