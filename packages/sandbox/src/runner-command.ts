/** The command line that starts a runner: this same Node, locked down as far as Node itself can. */
import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OWN_THREADS } from './child/lowest-priority.ts';
import type { Command } from './confinement/layer.ts';

/** isolated-vm gives its isolates a tiny young generation; with this one, code that allocates runs as fast as in plain Node (SANDBOX §4). */
const V8_FLAGS = ['--min-semi-space-size=16', '--max-semi-space-size=16'];

export function runnerCommand(enginePath: string): Command {
  const here = realpathSync(dirname(fileURLToPath(import.meta.url)));
  const piscinaPath = realpathSync(createRequire(import.meta.url).resolve('piscina'));
  const engine = realpathSync(enginePath);
  // Piscina's main file reads the package.json beside its dist; ours says that our files are ES modules.
  const readable = [here, realpathSync(join(here, '..', 'package.json')), dirname(dirname(piscinaPath)), engine];
  return {
    file: realpathSync(process.execPath),
    args: [...V8_FLAGS, ...permissions(readable), join(here, 'child', `main${extname(import.meta.url)}`), piscinaPath, engine],
    readable,
    // Node lets threads read everything below the working directory, whatever their permissions are (seen in 24.21).
    folder: here,
  };
}

/** A seat belt against our own mistakes, not a wall: whoever owns the runner's realm takes it off with one line (SANDBOX §2). */
const permissions = (readable: readonly string[]): string[] => [
  '--permission',
  ...[...readable, OWN_THREADS].map((path) => `--allow-fs-read=${path}`),
  '--allow-worker',
  '--allow-addons',
  '--disable-warning=SecurityWarning',
];
