/**
 * A backup of a data folder that may be in use, as one file. In this order, so that nothing the database refers to can be missing:
 *   the database, copied as of one moment · checked like any other (fsck) · keys · blobs, which are only ever added · the manifest
 * Everything is made in a folder beside the file, read back, and appears under its name only when it is whole and on the disk. A backup that is
 * killed leaves that folder and nothing else.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Digest } from '@manyhands/protocol';
import { syncFolder } from '../disk/durable-folder.ts';
import { fromSystem } from '../disk/store-error.ts';
import { readPart, TarWriter } from '../disk/tar.ts';
import { blobsIn } from '../fsck/blob-check.ts';
import type { BooksProgress } from '../fsck/check-books.ts';
import { type FsckReport, fsck } from '../fsck/fsck.ts';
import { copyDatabase } from '../store/sqlite/backup.ts';
import { MIGRATIONS } from '../store/sqlite/migrations/migrations.ts';
import { AppError } from './app-error.ts';
import { type BackupManifest, DATABASE, MANIFEST, readArchive, SECRETS } from './backup-archive.ts';
import { SOFTWARE } from './software.ts';

/** `share`: how much of this is done, from 0 to 1; null: it cannot be told. */
export type OperationProgress = { readonly now: string; readonly share: number | null };

export interface BackupReport {
  readonly file: string;
  readonly bytes: number;
  readonly manifest: BackupManifest;
  /** What the check of the copy found; null: it is of an earlier layout, and its books were not read. */
  readonly check: FsckReport | null;
}

export interface BackupOptions {
  readonly now: Date;
  readonly onProgress?: (progress: OperationProgress) => void;
}

/** Rejects with AppError or StoreError; then there is no file. */
export async function backup(data: string, file: string, { now, onProgress = () => {} }: BackupOptions): Promise<BackupReport> {
  const [folder, target] = [resolve(data), resolve(file)];
  if (existsSync(target)) throw new AppError('bad-config', `${target} is there already, and was left alone. Name another file.`);
  const workshop = `${target}.unfinished-${randomBytes(4).toString('hex')}`;
  try {
    // Readable for its owner only, like all that will be in it.
    await mkdir(workshop, { mode: 0o700 });
    const packed = await pack({ folder, workshop, now, onProgress });
    await readBack(join(workshop, 'backup.tar'), packed.bytes, onProgress);
    await rename(join(workshop, 'backup.tar'), target);
    syncFolder(dirname(target));
    return { file: target, ...packed };
  } catch (error) {
    throw fromSystem(error, target);
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

interface Packing extends Required<BackupOptions> {
  readonly folder: string;
  readonly workshop: string;
}

async function pack({ folder, workshop, now, onProgress }: Packing): Promise<Omit<BackupReport, 'file'>> {
  const { layout, epoch } = await copyDatabase(folder, workshop, (share) => onProgress({ now: 'copying the database', share }));
  const check = layout < MIGRATIONS.length ? null : checkCopy(folder, workshop, onProgress);
  await using tar = await open(join(workshop, 'backup.tar'), 'wx', 0o600);
  const writer = new TarWriter(tar);
  const files: Record<string, Digest> = {};
  for (const { name, path } of [{ name: DATABASE, path: join(workshop, DATABASE) }, ...secretsIn(folder)])
    files[name] = await addFile(writer, name, path, now);
  const blobs = { count: 0, bytes: 0 };
  for (const { path, digest } of blobsIn(join(folder, 'blobs'))) {
    onProgress({ now: `packing blob ${blobs.count + 1}`, share: null });
    const { size } = await stat(path);
    await addFile(writer, `blobs/sha256/${digest.slice(7, 9)}/${digest.slice(7)}`, path, now);
    [blobs.count, blobs.bytes] = [blobs.count + 1, blobs.bytes + size];
  }
  const violations = check === null ? null : Object.values(check.found).reduce((sum, count) => sum + count, 0);
  const manifest: BackupManifest = { format: 1, software: SOFTWARE, madeAt: now.getTime(), layout, epoch, files, blobs, violations };
  const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
  await writer.add({ name: MANIFEST, bytes: text.length }, [text], now);
  await writer.end();
  return { bytes: (await tar.stat()).size, manifest, check };
}

/** Throws AppError `damaged` when the copy is not even a whole database. */
function checkCopy(folder: string, workshop: string, onProgress: Packing['onProgress']): FsckReport {
  const check = fsck(workshop, { blobs: join(folder, 'blobs'), onProgress: (progress) => onProgress(checking(progress)) });
  const damage = check.violations.find(({ rule, subject }) => rule === 'I7' && subject === 'the database');
  if (damage === undefined || check.units > 0) return check;
  throw new AppError(
    'damaged',
    `The database in ${folder} is damaged (${damage.message}), and a copy of it would be worth nothing. No backup was made. ${damage.advice}`,
  );
}

export const checking = ({ now, units, unitsInAll }: BooksProgress): OperationProgress => ({
  now: `checking ${now}`,
  share: unitsInAll === 0 ? null : Math.min(1, units / unitsInAll),
});

/** The project's key must be there: without it nobody could go on with what is in the database. */
function secretsIn(folder: string): { name: string; path: string }[] {
  const [key] = SECRETS;
  if (!existsSync(join(folder, key)))
    throw new AppError(
      'damaged',
      `${join(folder, key)} is not there. Every volunteer has pinned this key; put it back from an earlier backup. No backup was made.`,
    );
  return SECRETS.map((name) => ({ name, path: join(folder, name) })).filter(({ path }) => existsSync(path));
}

async function addFile(writer: TarWriter, name: string, path: string, now: Date): Promise<Digest> {
  await using file = await open(path);
  const { size } = await file.stat();
  return await writer.add({ name, bytes: size }, readPart(file, 0, size), now);
}

async function readBack(path: string, bytes: number, onProgress: Packing['onProgress']): Promise<void> {
  let read = 0;
  await readArchive(
    path,
    async (_, content) => {
      for await (const _piece of content);
    },
    (more) => {
      read += more;
      onProgress({ now: 'reading it back', share: read / bytes });
    },
  );
}
