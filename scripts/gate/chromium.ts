/**
 * The browser that test/browser needs. A gate that left those tests out would say more than it knows, so there is no skipping them:
 * where no Chromium is found it is installed with apt-get when that is possible (Debian, as root), else the step fails and says what to do.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The path of a Chromium: named by CHROMIUM, else the first on the PATH; null: none. */
export function findChromium(): string | null {
  const { PATH = '', CHROMIUM = '' } = process.env;
  const folders = PATH.split(delimiter).filter((folder) => folder !== '');
  const candidates = [CHROMIUM, ...NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))];
  return candidates.find((path) => path !== '' && isExecutable(path)) ?? null;
}

/** null: there is one now. Else, in words, why the browser tests cannot run. */
export function provideChromium(): string | null {
  if (findChromium() !== null) return null;
  const advice = 'Install the package "chromium" (or Chrome), or set CHROMIUM to the path of one, and run this again.';
  if (process.getuid?.() !== 0) return `no Chromium was found, and only root can install one. ${advice}`;
  for (const args of [['update'], ['install', '--yes', '--no-install-recommends', 'chromium']]) {
    const { status, error } = spawnSync('apt-get', ['--quiet', ...args], {
      stdio: ['ignore', 2, 2],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    if (status !== 0) return `no Chromium was found, and "apt-get ${args[0]}" failed (${error?.message ?? `exit ${status}`}). ${advice}`;
  }
  return findChromium() === null ? `apt-get brought no usable Chromium. ${advice}` : null;
}
