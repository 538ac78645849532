/** The folder a coordinator lives in: where its files are, and whether it may write there. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { AppError } from './app-error.ts';

export interface DataFolder {
  readonly path: string;
  readonly blobs: string;
  readonly projectKey: string;
  readonly adminToken: string;
  readonly author: string;
}

/** Makes the folder if it is missing. Throws AppError `not-writable`. */
export async function openDataFolder(folder: string): Promise<DataFolder> {
  const path = resolve(folder);
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    const probe = join(path, `.probe-${randomUUID()}`);
    await writeSecret(probe, '');
    await rm(probe);
  } catch (error) {
    throw new AppError(
      'not-writable',
      `The data folder ${path} cannot be written (${(error as NodeJS.ErrnoException).code}). Give this user the right to write there, or name another with --data.`,
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

/** Whole or absent, on disk when it resolves, and for the owner's eyes only. */
export async function writeSecret(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  await writeSynced(draft, text);
  await rename(draft, path);
  await syncFolder(dirname(path));
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
