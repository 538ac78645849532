/** Signed tasks as files named by the task's id. What is read is verified like what comes from the network. */
import { join } from 'node:path';
import { signedTaskSchema, type TaskId } from '@manyhands/protocol';
import type { TaskShelf } from '../ports/task-shelf.ts';
import { readSmallFile, writeSmallFile } from './small-file.ts';

export function createFileTaskShelf(folder: string): TaskShelf {
  const pathOf = (id: TaskId): string => join(folder, `${id.slice('sha256:'.length)}.json`);
  return {
    async find(id) {
      const text = await readSmallFile(pathOf(id));
      return text === null ? null : parseSigned(text);
    },
    store: (id, signed) => writeSmallFile(pathOf(id), JSON.stringify(signed)),
  };
}

function parseSigned(text: string) {
  try {
    return signedTaskSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
