/** Where everything of one joined project lives on this machine; its owner's alone. */
import { access, constants, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { WorkerError } from '../domain/worker-error.ts';

export interface DataFolder {
  readonly root: string;
  readonly journal: string;
  readonly blobs: string;
  readonly tasks: string;
  readonly hostKey: string;
  readonly accountSecret: string;
  readonly membership: string;
  readonly speed: string;
}

/** The paths alone; nothing is created. */
export function dataFolderAt(path: string): DataFolder {
  const root = resolve(path);
  return {
    root,
    journal: join(root, 'journal.ndjson'),
    blobs: join(root, 'blobs'),
    tasks: join(root, 'tasks'),
    hostKey: join(root, 'host-key.json'),
    accountSecret: join(root, 'account-secret'),
    membership: join(root, 'project.json'),
    speed: join(root, 'speed.json'),
  };
}

/** Creates the folder if need be. Rejects with a message for people when it cannot be used. */
export async function openDataFolder(path: string): Promise<DataFolder> {
  const folder = dataFolderAt(path);
  try {
    await mkdir(folder.tasks, { recursive: true, mode: 0o700 });
    await access(folder.root, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new WorkerError(
      'data-folder',
      `The data folder ${folder.root} cannot be used (${code ?? message}). Choose one that you may write to, with --data.`,
      { cause: error },
    );
  }
  return folder;
}
