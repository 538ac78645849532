import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const MOST_BYTES = 4 * 1024 * 1024;

let loading: Promise<string> | undefined;

/** The guest script: read from dist, or bundled on the spot when the sources run unbuilt. The same for every sandbox of the process. */
export function loadGuestScript(): Promise<string> {
  loading ??= extname(import.meta.url) === '.ts' ? bundle() : readFile(new URL('./guest.js', import.meta.url), 'utf8');
  return loading;
}

/** In a process of its own, so that the bundler and its helper process are gone afterwards. */
async function bundle(): Promise<string> {
  const script = fileURLToPath(new URL('../build-guest.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script], { maxBuffer: MOST_BYTES });
  return stdout;
}
