/** Keeps the figures of a run by hand (`--save`): one file a name, the latest. `npm run guarantees` quotes them in the documents. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { machineFacts } from '../bench/machine.ts';

const FOLDER = new URL('./results/', import.meta.url);

/** Figures are numbers and texts, without lists. */
export function saveRun(name: string, figures: Readonly<Record<string, number | string>>): void {
  mkdirSync(FOLDER, { recursive: true });
  const saved = { run: name, ...figures, commit: commitHere(), machine: machineFacts() };
  writeFileSync(new URL(`${name}.json`, FOLDER), `${JSON.stringify(saved, null, 2)}\n`);
}

/** `none`: not a checkout. */
function commitHere(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      cwd: FOLDER,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'none';
  }
}
