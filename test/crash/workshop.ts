/** Folders that are gone when the work is done. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Workshop extends AsyncDisposable {
  readonly path: string;
}

export const openWorkshop = (): Promise<Workshop> => openIn(tmpdir());

const IN_MEMORY = '/dev/shm';

/** For what is written only to be looked at: in memory where there is a place for that. */
export const openFastWorkshop = (): Promise<Workshop> => openIn(existsSync(IN_MEMORY) ? IN_MEMORY : tmpdir());

async function openIn(above: string): Promise<Workshop> {
  const path = await mkdtemp(join(above, 'manyhands-crash-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}
