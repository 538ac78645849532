/**
 * A file that exists while a worker starts: those that start at once take turns, each looking at what the one before left.
 * It is held for milliseconds; one older than `STALE_MS` belongs to a process that died while it held it.
 */
import { open, rm, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { WorkerError } from '../domain/worker-error.ts';

const STALE_MS = 10_000;
const PATIENCE_MS = 15_000;
const LOOK_EVERY_MS = 25;

/** Rejects with `already-running` when the others do not come to an end. */
export async function takeStartLock(path: string): Promise<AsyncDisposable> {
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += LOOK_EVERY_MS) {
    if (await tryToTake(path)) return { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
    await dropIfStale(path);
    await delay(LOOK_EVERY_MS);
  }
  throw new WorkerError(
    'already-running',
    `Another worker has been starting here for ${PATIENCE_MS / 1_000} s. Look for it, then try again.`,
  );
}

async function tryToTake(path: string): Promise<boolean> {
  try {
    await using _created = await open(path, 'wx', 0o600);
    return true;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    throw new WorkerError('data-folder', `${path} cannot be made (${code ?? message}).`, { cause: error });
  }
}

async function dropIfStale(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found !== null && Date.now() - found.mtimeMs > STALE_MS) await rm(path, { force: true });
}
