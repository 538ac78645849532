/**
 * Programs that tests need and npm does not bring. A gate that left those tests out would say more than it knows, so there is no skipping them:
 * what is missing is installed with apt-get when that is possible (Debian, as root), else the step fails and says what to do.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The first of these programs on the PATH; null: none. */
export function findProgram(names: readonly string[]): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable) ?? null;
}

export interface Needed {
  /** Of Debian. */
  readonly package: string;
  /** Where it is; null: nowhere. */
  find(): string | null;
  readonly advice: string;
}

/** null: it is there now. Else, in words, why not. */
export function provideFromDebian({ package: name, find, advice }: Needed): string | null {
  if (find() !== null) return null;
  if (process.getuid?.() !== 0) return `no ${name} was found, and only root can install one. ${advice}`;
  for (const args of [['update'], ['install', '--yes', '--no-install-recommends', name]]) {
    const { status, error } = spawnSync('apt-get', ['--quiet', ...args], {
      stdio: ['ignore', 2, 2],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    if (status !== 0) return `no ${name} was found, and "apt-get ${args[0]}" failed (${error?.message ?? `exit ${status}`}). ${advice}`;
  }
  return find() === null ? `apt-get brought no usable ${name}. ${advice}` : null;
}
