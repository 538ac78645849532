/** A real project for the commands that keep it, and what may be left when one of them is killed. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { backup } from '../../packages/coordinator/src/app/backup.ts';
import { openDataFolder, RESTORING } from '../../packages/coordinator/src/app/data-folder.ts';
import { restore } from '../../packages/coordinator/src/app/restore.ts';
import { audit } from './audit.ts';
import { CoordinatorProcess } from './coordinator-process.ts';
import { type Moment, runKilledAt } from './killed-command.ts';
import { Load } from './load/load.ts';
import type { Promised } from './load/witness.ts';

export interface Project {
  readonly data: string;
  readonly promised: Promised;
}

/** Killed under load, as all else here. */
export async function makeProject(workshop: string): Promise<Project> {
  const data = join(workshop, 'coordinator');
  const load = new Load();
  await using coordinator = new CoordinatorProcess({ data });
  const url = await coordinator.url;
  if (url === null) throw new Error((await coordinator.ended).said);
  await load.begin(url, data);
  await coordinator.kill();
  await load.end();
  return { data, promised: load.witness.promised };
}

export interface Interrupted {
  /** False: it got to its end before. */
  readonly wasKilled: boolean;
  readonly violations: readonly string[];
}

/** OP7: there is no file, or one that everything can be restored from. */
export async function interruptBackup({ data, promised }: Project, workshop: string, moment: Moment): Promise<Interrupted> {
  const folder = join(workshop, 'backups');
  const file = join(folder, 'backup.tar');
  mkdirSync(folder);
  try {
    const wasKilled = runKilledAt(moment, ['backup', file, '--data', data]);
    if (!existsSync(file)) return { wasKilled, violations: wasKilled ? [] : ['OP7: it ended well, and there is no file'] };
    return { wasKilled, violations: await restored(file, join(folder, 'restored'), promised) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const backUp = async ({ data }: Project, file: string): Promise<void> => void (await backup(data, file, { now: new Date() }));

/** OP11: a folder that is not whole says so, and the next restore makes it whole. */
export async function interruptRestore({ promised }: Project, file: string, workshop: string, moment: Moment): Promise<Interrupted> {
  const to = join(workshop, 'restored');
  try {
    const wasKilled = runKilledAt(moment, ['restore', file, '--data', to]);
    if (existsSync(join(to, RESTORING))) {
      const refusal = await openDataFolder(to).catch((error: { code: string }) => error.code);
      const refused = refusal === 'damaged' ? [] : ['OP11: it is half restored, and not refused'];
      return { wasKilled, violations: [...refused, ...(await restored(file, to, promised))] };
    }
    if (existsSync(join(to, 'manyhands.db'))) return { wasKilled, violations: (await audit(to, promised)).violations };
    return { wasKilled, violations: await restored(file, to, promised) };
  } finally {
    rmSync(to, { recursive: true, force: true });
  }
}

async function restored(file: string, to: string, promised: Promised): Promise<readonly string[]> {
  const { isRestored } = await restore(file, to, { now: new Date() });
  return isRestored ? (await audit(to, promised)).violations : ['OP7: it cannot be restored'];
}
