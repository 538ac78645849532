/**
 * A backup made into a data folder again. Until everything is in its place there is a folder `restoring` in it, and a coordinator refuses to start
 * (data-folder.ts); removing that is the moment at which the restore has happened. One that was interrupted is begun anew by the next.
 *   locked · unpacked into `restoring/` · brought to this program's layout, a new epoch · checked · moved into place · `restoring/` removed
 */
import { existsSync, readdirSync } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { makeDurableFolder, syncFolder } from '../disk/durable-folder.ts';
import { fromSystem } from '../disk/store-error.ts';
import { type FsckReport, fsck } from '../fsck/fsck.ts';
import { lockFolder } from '../store/sqlite/folder-lock.ts';
import { beginEpoch } from '../store/sqlite/restore.ts';
import { toStoreError } from '../store/sqlite/sqlite-error.ts';
import { AppError } from './app-error.ts';
import { checking, type OperationProgress } from './backup.ts';
import { type BackupManifest, DATABASE, type EntrySink, readArchive, SECRETS } from './backup-archive.ts';
import { RESTORING } from './data-folder.ts';

export interface RestoreReport {
  readonly folder: string;
  readonly manifest: BackupManifest;
  /** Of this life of the project; larger than that of every life before. */
  readonly epoch: number;
  readonly check: FsckReport;
  /** False: the check found something, and nothing of the backup is in the folder. */
  readonly isRestored: boolean;
}

export interface RestoreOptions {
  readonly now: Date;
  /** Restore what the check finds something wrong with, too. */
  readonly despiteViolations?: boolean;
  readonly onProgress?: (progress: OperationProgress) => void;
}

/** In this order: while the database is missing, nothing can be taken for a whole project. */
const MOVED = ['blobs', ...SECRETS, DATABASE];
const LOCKS = ['coordinator.lock', 'coordinator.lock-journal'];

/** Rejects with AppError or StoreError; then nothing of the backup is in the folder. */
export async function restore(file: string, data: string, options: RestoreOptions): Promise<RestoreReport> {
  const folder = resolve(data);
  if (!existsSync(file)) throw new AppError('bad-config', `There is no file ${resolve(file)}. Name the backup to restore.`);
  assertEmpty(folder);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    makeDurableFolder(folder);
    using _lock = lockFolder(folder);
    assertEmpty(folder);
    return await fill(file, folder, options);
  } catch (error) {
    throw toStoreError(fromSystem(error, folder), folder);
  }
}

/** What an interrupted restore left may go: nobody can have begun to use it. */
function assertEmpty(folder: string): void {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const isOurs = names.includes(RESTORING);
  const others = names.filter((name) => !LOCKS.includes(name) && !(isOurs && [RESTORING, ...MOVED].includes(name)));
  if (others.length === 0) return;
  throw new AppError(
    'bad-config',
    `${folder} is not empty (it holds ${others.slice(0, 3).join(', ')}), and was left alone: a restore replaces nothing. ` +
      'Name an empty or a new folder with --data, or move the old one away.',
  );
}

async function fill(
  file: string,
  folder: string,
  { now, despiteViolations = false, onProgress = () => {} }: RestoreOptions,
): Promise<RestoreReport> {
  const staging = join(folder, RESTORING);
  await clear(folder);
  await mkdir(staging, { mode: 0o700 });
  syncFolder(folder);
  try {
    const manifest = await unpack(file, staging, onProgress);
    const epoch = beginEpoch(staging, now.getTime());
    const check = fsck(staging, { readBlobs: true, onProgress: (progress) => onProgress(checking(progress)) });
    const isRestored = despiteViolations || Object.keys(check.found).length === 0;
    if (isRestored) await moveIntoPlace(staging, folder, onProgress);
    else await clear(folder);
    return { folder, manifest, epoch, check, isRestored };
  } catch (error) {
    await clear(folder);
    throw error;
  }
}

/** The marker goes last: until it is gone, what is there is nobody's. */
async function clear(folder: string): Promise<void> {
  if (!existsSync(join(folder, RESTORING))) return;
  for (const name of [...MOVED, RESTORING]) await rm(join(folder, name), { recursive: true, force: true });
  syncFolder(folder);
}

async function unpack(file: string, staging: string, onProgress: (progress: OperationProgress) => void): Promise<BackupManifest> {
  const { size } = await stat(file);
  let read = 0;
  const manifest = await readArchive(file, writeInto(staging), (bytes) => {
    read += bytes;
    onProgress({ now: 'unpacking', share: read / size });
  });
  makeDurableFolder(join(staging, 'blobs'));
  return manifest;
}

/** Each on the disk when the next begins. Names were checked by the reader. */
const writeInto =
  (staging: string): EntrySink =>
  async ({ name }, content) => {
    const path = join(staging, name);
    makeDurableFolder(dirname(path));
    await using file = await open(path, 'wx', 0o600);
    for await (const piece of content) await writeWhole(file, piece);
    await file.sync();
    syncFolder(dirname(path));
  };

async function writeWhole(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.byteLength; ) at += (await file.write(bytes, at)).bytesWritten;
}

async function moveIntoPlace(staging: string, folder: string, onProgress: (progress: OperationProgress) => void): Promise<void> {
  for (const name of MOVED) {
    onProgress({ now: `moving ${name} into place`, share: null });
    if (existsSync(join(staging, name))) await rename(join(staging, name), join(folder, name));
  }
  syncFolder(folder);
  onProgress({ now: 'ending', share: null });
  await rm(staging, { recursive: true });
  syncFolder(folder);
}
