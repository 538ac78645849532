/**
 * The kernel kills the runner when its daemon dies (Linux). A runner notices by itself, when its stdin ends, but not while it is stopped (SIGSTOP).
 * Bubblewrap brings this along; this is for machines without it.
 */
import type { Command, Layer } from './layer.ts';

export const parentDeath: Layer = {
  name: 'parent-death signal',
  wrap: (command: Command): Command => ({
    ...command,
    file: 'setpriv',
    args: ['--pdeathsig', 'KILL', '--', command.file, ...command.args],
  }),
};
