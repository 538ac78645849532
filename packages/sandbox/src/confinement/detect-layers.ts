/**
 * Which of the operating system's layers work here, found by trying: whether a kernel lets us make namespaces cannot be read anywhere.
 * A new layer (seccomp, prlimit, cgroups) is one more file beside these and one more line here.
 */
import { spawn } from 'node:child_process';
import { bubblewrap } from './bubblewrap.ts';
import type { Layer } from './layer.ts';
import { parentDeath } from './parent-death.ts';

const PROBE_MS = 5_000;

/** Outermost first. */
export async function detectLayers(nodePath: string): Promise<readonly Layer[]> {
  if (process.platform !== 'linux') return [];
  if (await works(bubblewrap, nodePath)) return [bubblewrap];
  if (await works(parentDeath, nodePath)) return [parentDeath];
  return [];
}

async function works(layer: Layer, nodePath: string): Promise<boolean> {
  const { file, args } = layer.wrap({ file: nodePath, args: ['-e', 'process.memoryUsage.rss()'], readable: [], folder: '/' });
  const probe = spawn(file, args, { stdio: 'ignore', env: {}, cwd: '/', timeout: PROBE_MS, killSignal: 'SIGKILL' });
  return new Promise((resolve) => {
    probe.once('error', () => resolve(false)); // not installed
    probe.once('exit', (code) => resolve(code === 0));
  });
}
