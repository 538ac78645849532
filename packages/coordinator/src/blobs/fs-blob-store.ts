/**
 * Blobs as files named by their digest: `sha256/ab/ab…`. A file appears under its name only when it is whole, verified and on the disk:
 * it is written to `incoming/`, hashed on the way, synced, renamed, and the folder synced. So a crash leaves nothing but rubbish in
 * `incoming/`, which the next start sweeps, and two puts of one blob end in the same bytes whoever is last.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type FileHandle, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { Digester, digestOf } from '@manyhands/identity';
import { type Digest, digestSchema } from '@manyhands/protocol';
import { makeDurableFolder, syncFolder } from '../disk/durable-folder.ts';
import { contradiction, fromSystem, StoreError } from '../disk/store-error.ts';
import type { BlobStore, PutOutcome } from '../ports/blob-store.ts';

/** Rejects with a StoreError that says what to do. The folder belongs to one coordinator: whoever owns the data folder. */
export async function openFsBlobStore(folder: string): Promise<BlobStore> {
  const incoming = join(folder, 'incoming');
  return attempt(folder, async () => {
    makeDurableFolder(incoming);
    for (const name of await readdir(incoming)) await rm(join(incoming, name), { recursive: true });
    await makeNamesDurable(folder);
    return new FsBlobStore(folder, incoming);
  });
}

/** A put that was killed may have got as far as the name and not made it durable: whoever finds it takes it for stored (BL1). */
async function makeNamesDurable(folder: string): Promise<void> {
  const folders = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const { parentPath, name } of folders.filter((entry) => entry.isDirectory())) syncFolder(join(parentPath, name));
}

/** Where a blob of that name is, if it is anywhere. */
export function blobPath(folder: string, digest: Digest): string {
  const [algorithm = '', hex = ''] = digest.split(':');
  return join(folder, algorithm, hex.slice(0, 2), hex);
}

class FsBlobStore implements BlobStore {
  readonly #folder: string;
  readonly #incoming: string;

  constructor(folder: string, incoming: string) {
    this.#folder = folder;
    this.#incoming = incoming;
  }

  async put(digest: Digest, bytes: AsyncIterable<Uint8Array>, limitBytes: number): Promise<PutOutcome> {
    const target = this.#pathOf(digest);
    const temporary = join(this.#incoming, randomUUID());
    try {
      const received = await this.#receive(temporary, bytes, limitBytes);
      if (received.kind === 'too-large') return received;
      if (received.digest !== digest) return { kind: 'digest-mismatch', actual: received.digest };
      await attempt(target, () => publish(temporary, target));
      return { kind: 'stored', bytes: received.bytes };
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async size(digest: Digest): Promise<number | null> {
    return this.#ifPresent(digest, async (path) => (await stat(path)).size);
  }

  /** The bytes are not verified on the way out, a range cannot be: whoever receives them checks their digest. */
  async open(digest: Digest, range?: { from: number; to: number }): Promise<Readable | null> {
    return this.#ifPresent(digest, async (path) => {
      const file = await open(path);
      return file.createReadStream(range && { start: range.from, end: range.to });
    });
  }

  async read(digest: Digest): Promise<Uint8Array | null> {
    const bytes = await this.#ifPresent(digest, (path) => readFile(path));
    if (bytes !== null && digestOf(bytes) !== digest) throw rotten(this.#pathOf(digest));
    return bytes;
  }

  async #receive(path: string, bytes: AsyncIterable<Uint8Array>, limitBytes: number) {
    await using file = await attempt(path, () => open(path, 'wx'));
    const digester = new Digester();
    let count = 0;
    for await (const piece of bytes) {
      count += piece.byteLength;
      if (count > limitBytes) return { kind: 'too-large' as const };
      digester.update(piece);
      await attempt(path, () => writeWhole(file, piece));
    }
    await attempt(path, () => file.sync());
    return { kind: 'received' as const, bytes: count, digest: digester.digest() };
  }

  /** Nothing but a validated digest ever becomes a path. */
  #pathOf(digest: Digest): string {
    if (!digestSchema.safeParse(digest).success) throw contradiction(`${JSON.stringify(digest)} names no blob`);
    return blobPath(this.#folder, digest);
  }

  async #ifPresent<T>(digest: Digest, work: (path: string) => Promise<T>): Promise<T | null> {
    const path = this.#pathOf(digest);
    return attempt(path, () =>
      work(path).catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? null : Promise.reject(error))),
    );
  }
}

async function writeWhole(file: FileHandle, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.byteLength) written += (await file.write(bytes, written)).bytesWritten;
}

async function publish(temporary: string, target: string): Promise<void> {
  const folder = dirname(target);
  makeDurableFolder(folder);
  const isNew = !existsSync(target);
  await rename(temporary, target);
  try {
    await using renamed = await open(folder);
    await renamed.sync();
  } catch (error) {
    // BL4. One that was there before is as durable as it was.
    if (isNew) await rm(target, { force: true });
    throw error;
  }
}

async function attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fromSystem(error, path);
  }
}

const rotten = (path: string) =>
  new StoreError(
    'corrupt',
    `${path} no longer holds the bytes it is named after: the disk damaged it. Remove it and upload the blob again.`,
  );
