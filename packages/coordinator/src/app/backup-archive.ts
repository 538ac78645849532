/**
 * What is in a backup: a tar of one project, with names as in its data folder, and last a `manifest.json` of what came before it. Without it, or
 * with a file that is not the one it names, a backup is cut short or damaged. Rules OP5… in docs/spec/operations.md.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { Digester } from '@manyhands/identity';
import { type Digest, digestSchema } from '@manyhands/protocol';
import * as z from 'zod';
import { BrokenArchive, readTar, type TarEntry } from '../disk/tar.ts';
import { AppError } from './app-error.ts';

export const MANIFEST = 'manifest.json';
export const DATABASE = 'manyhands.db';
/** Whoever has these is the project. */
export const SECRETS = ['project-key.json', 'admin-token', 'author.json'] as const;
const BLOB = /^blobs\/sha256\/([0-9a-f]{2})\/(\1[0-9a-f]{62})$/;

export const manifestSchema = z.strictObject({
  format: z.literal(1),
  /** What made it. */
  software: z.string(),
  /** Epoch milliseconds. */
  madeAt: z.int(),
  /** Of the database (docs/spec/store.md, ST9). */
  layout: z.int(),
  epoch: z.int(),
  /** The database and the secrets. Blobs are named by their digest already. */
  files: z.record(z.string(), digestSchema),
  blobs: z.strictObject({ count: z.int(), bytes: z.int() }),
  /** Violations that its books had when it was made; null: they were not looked at, being of an earlier layout. */
  violations: z.int().nullable(),
});
export type BackupManifest = z.output<typeof manifestSchema>;

/** Takes an entry, whose content it must read to the end. */
export type EntrySink = (entry: TarEntry, content: AsyncIterable<Uint8Array>) => Promise<void>;

/**
 * Reads a backup to the end and holds it against its manifest. Of blobs that are not what their name says nothing is said: that is for a check of
 * the books. `onBytes`: how much has been read. Rejects with AppError `damaged`.
 */
export async function readArchive(file: string, sink: EntrySink, onBytes: (bytes: number) => void): Promise<BackupManifest> {
  await using handle = await open(file);
  try {
    return await readEntries(handle, sink, onBytes);
  } catch (error) {
    if (error instanceof BrokenArchive) throw damaged(file, error);
    throw error;
  }
}

async function readEntries(handle: FileHandle, sink: EntrySink, onBytes: (bytes: number) => void): Promise<BackupManifest> {
  const files: Record<string, Digest> = {};
  const blobs = { count: 0, bytes: 0 };
  for await (const { content, ...entry } of readTar(handle)) {
    const digester = new Digester();
    const measured = measure(content, (piece) => {
      digester.update(piece);
      onBytes(piece.byteLength);
    });
    if (entry.name === MANIFEST) return assertMatches(await parseManifest(measured), { files, blobs });
    const isBlob = BLOB.test(entry.name);
    if (!isBlob && entry.name !== DATABASE && !SECRETS.some((name) => name === entry.name))
      throw new BrokenArchive(`it holds a file ${entry.name}`);
    await sink(entry, measured);
    if (isBlob) [blobs.count, blobs.bytes] = [blobs.count + 1, blobs.bytes + entry.bytes];
    else files[entry.name] = digester.digest();
  }
  throw new BrokenArchive('it is cut short');
}

async function* measure(content: AsyncIterable<Uint8Array>, onPiece: (piece: Uint8Array) => void): AsyncGenerator<Uint8Array> {
  for await (const piece of content) {
    onPiece(piece);
    yield piece;
  }
}

async function parseManifest(content: AsyncIterable<Uint8Array>): Promise<BackupManifest> {
  const pieces: Uint8Array[] = [];
  for await (const piece of content) pieces.push(piece.slice());
  try {
    return manifestSchema.parse(JSON.parse(Buffer.concat(pieces).toString()));
  } catch (error) {
    throw new BrokenArchive(`its ${MANIFEST} is in no form that is known here`, { cause: error });
  }
}

function assertMatches(manifest: BackupManifest, { files, blobs }: Pick<BackupManifest, 'files' | 'blobs'>): BackupManifest {
  const wrong = Object.keys({ ...manifest.files, ...files }).find((name) => manifest.files[name] !== files[name]);
  if (wrong !== undefined) throw new BrokenArchive(`${wrong} in it is not the file that was put in`);
  if (manifest.blobs.count !== blobs.count || manifest.blobs.bytes !== blobs.bytes) throw new BrokenArchive('blobs are missing in it');
  return manifest;
}

const damaged = (file: string, cause: Error): AppError =>
  new AppError(
    'damaged',
    `${file} is no whole backup of Manyhands (${cause.message}). Fetch it again from where it is kept, or take another one.`,
    cause,
  );
