/** The folder a coordinator lives in: where its files are, and whether it may write there. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fromSystem, StoreError } from '../disk/store-error.ts';
import { AppError } from './app-error.ts';

export interface DataFolder {
  readonly path: string;
  readonly blobs: string;
  readonly projectKey: string;
  readonly adminToken: string;
  readonly author: string;
}

/** In a data folder that is being restored (restore.ts), until it is whole. */
export const RESTORING = 'restoring';

/** Makes the folder if it is missing. Throws AppError `not-writable`, or `damaged` while it is being restored. */
export async function openDataFolder(folder: string): Promise<DataFolder> {
  const path = resolve(folder);
  if (existsSync(join(path, RESTORING))) throw halfRestored(path);
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    const probe = join(path, `.probe-${randomUUID()}`);
    await writeSecret(probe, '');
    await rm(probe);
  } catch (error) {
    if (error instanceof StoreError && error.code !== 'not-writable') throw error;
    throw new AppError(
      'not-writable',
      `The data folder ${path} cannot be written (${reasonOf(error)}). Give this user the right to write there, or name another with --data.`,
      error,
    );
  }
  const at = (name: string) => join(path, name);
  return {
    path,
    blobs: at('blobs'),
    projectKey: at('project-key.json'),
    adminToken: at('admin-token'),
    author: at('author.json'),
  };
}

const halfRestored = (path: string): AppError =>
  new AppError(
    'damaged',
    `A backup is being restored into ${path}, or was and did not get to the end, so what is there is not whole. ` +
      'Wait for it, or run `manyhands restore` with the same backup and folder again: it begins anew.',
  );

const reasonOf = (error: unknown): string =>
  ((error instanceof StoreError ? error.cause : error) as NodeJS.ErrnoException).code ?? 'for an unknown reason';

/** Whole or absent, on disk when it resolves, and for the owner's eyes only. Rejects with StoreError. */
export async function writeSecret(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeSynced(draft, text);
    await rename(draft, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {}); // What could not be written may not be removable either.
    throw fromSystem(error, path);
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  await using file = await open(path, 'wx', 0o600);
  await file.writeFile(text);
  await file.sync();
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return; // A folder cannot be opened there.
  await using folder = await open(path);
  await folder.sync();
}
