/** Small files that are whole or absent, readable by their owner only. */
import { readFile } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';

/** null: there is no such file. */
export async function readSmallFile(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Synced when it resolves. */
export const writeSmallFile = (path: string, text: string): Promise<void> => writeFileAtomic(path, text, { mode: 0o600 });
