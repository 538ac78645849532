/**
 * Bubblewrap (Linux): the runner sees the system's libraries, Node, our own files and nothing else; no network, no other process, a user of its own.
 * `--proc` is needed for the runner to see how much memory it holds. It dies with its daemon even while it is stopped.
 */
import type { Command, Layer } from './layer.ts';

const NAMESPACES = ['--unshare-all', '--die-with-parent', '--hostname', 'sandbox', '--cap-drop', 'ALL'];
const ENVIRONMENT = ['--clearenv', '--setenv', 'TZ', 'UTC', '--setenv', 'LANG', 'C'];
/** Distributions keep the libraries in /usr and links to it in the root, or the other way round. */
const SYSTEM_FOLDERS = ['/usr/lib', '/usr/lib32', '/usr/lib64', '/lib', '/lib64'];

export const bubblewrap: Layer = {
  name: 'bubblewrap',
  wrap({ file, args, readable, folder }: Command): Command {
    const shown = [file, ...readable].flatMap((path) => ['--ro-bind', path, path]);
    const system = SYSTEM_FOLDERS.flatMap((path) => ['--ro-bind-try', path, path]);
    const inside = [...NAMESPACES, ...ENVIRONMENT, ...system, ...shown, '--proc', '/proc', '--chdir', folder];
    return { file: 'bwrap', args: [...inside, '--', file, ...args], readable, folder };
  },
};
