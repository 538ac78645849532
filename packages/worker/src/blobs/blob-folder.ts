/** Blobs as files named by their digest. A file appears under its name only when it is whole, checked and synced. */
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Digester, digestOf } from '@manyhands/identity';
import { type Digest, digestSchema } from '@manyhands/protocol';

export interface StoredBlob {
  readonly digest: Digest;
  readonly bytes: number;
  readonly storedAt: number;
}

/** A download that nobody went on with for so long is given up. */
const STALE_MS = 7 * 24 * 3_600_000;

export class BlobFolder {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(folder: string, now: number): Promise<BlobFolder> {
    await mkdir(join(folder, 'partial'), { recursive: true, mode: 0o700 });
    const opened = new BlobFolder(folder);
    await opened.#dropStale(now);
    return opened;
  }

  /** Whole blobs, oldest first. */
  async list(): Promise<StoredBlob[]> {
    const digests = (await readdir(this.#folder)).map((name) => digestSchema.safeParse(`sha256:${name}`)).filter(({ success }) => success);
    const blobs = await Promise.all(digests.map(({ data }) => this.#describe(data as Digest)));
    return blobs.sort((a, b) => a.storedAt - b.storedAt);
  }

  /** null: not here, or no longer what its name says; then it is deleted. */
  async read(digest: Digest): Promise<Uint8Array | null> {
    const bytes = await readFile(this.#path(digest)).catch(ifMissing(null));
    if (bytes === null || digestOf(bytes) === digest) return bytes;
    await this.remove(digest);
    return null;
  }

  async remove(digest: Digest): Promise<void> {
    await rm(this.#path(digest), { force: true });
  }

  /** What an interrupted download left, in bytes. */
  async partialBytes(digest: Digest): Promise<number> {
    return (await stat(this.#partial(digest)).catch(ifMissing(null)))?.size ?? 0;
  }

  /** For writing a download from `from` on; what stood behind it is cut off. */
  async openPartial(digest: Digest, from: number): Promise<FileHandle> {
    const handle = await open(this.#partial(digest), from === 0 ? 'w' : 'r+', 0o600);
    await handle.truncate(from);
    return handle;
  }

  async removePartial(digest: Digest): Promise<void> {
    await rm(this.#partial(digest), { force: true });
  }

  /** Gives a complete download its name if its bytes deserve it; null and gone if they do not. */
  async adopt(digest: Digest): Promise<number | null> {
    const digester = new Digester();
    let bytes = 0;
    for await (const chunk of createReadStream(this.#partial(digest)) as AsyncIterable<Uint8Array>) {
      digester.update(chunk);
      bytes += chunk.length;
    }
    if (digester.digest() !== digest) {
      await this.removePartial(digest);
      return null;
    }
    await rename(this.#partial(digest), this.#path(digest));
    await this.#sync();
    return bytes;
  }

  /** Durable when it resolves. */
  async write(digest: Digest, bytes: Uint8Array): Promise<void> {
    await using handle = await this.openPartial(digest, 0);
    await handle.writeFile(bytes);
    await handle.sync();
    await rename(this.#partial(digest), this.#path(digest));
    await this.#sync();
  }

  async #describe(digest: Digest): Promise<StoredBlob> {
    const { size, mtimeMs } = await stat(this.#path(digest));
    return { digest, bytes: size, storedAt: mtimeMs };
  }

  async #dropStale(now: number): Promise<void> {
    const folder = join(this.#folder, 'partial');
    for (const name of await readdir(folder)) {
      const { mtimeMs } = await stat(join(folder, name));
      if (now - mtimeMs > STALE_MS) await rm(join(folder, name), { force: true });
    }
  }

  /** A rename survives power loss only when its folder was synced too; Windows has no such call. */
  async #sync(): Promise<void> {
    if (process.platform === 'win32') return;
    await using handle = await open(this.#folder, 'r');
    await handle.sync();
  }

  #path(digest: Digest): string {
    return join(this.#folder, digest.slice('sha256:'.length));
  }

  #partial(digest: Digest): string {
    return join(this.#folder, 'partial', digest.slice('sha256:'.length));
  }
}

const ifMissing =
  <T>(instead: T) =>
  (error: NodeJS.ErrnoException): T => {
    if (error.code === 'ENOENT') return instead;
    throw error;
  };
