/**
 * Binding the control address is what makes one daemon per data folder (WK39).
 * A daemon that was killed leaves its socket file behind; it is taken over only after nobody answered on it, and by a rename,
 * so that of two daemons starting at once neither can remove the fresh socket of the other unnoticed.
 */
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { WorkerError } from '../domain/worker-error.ts';

/** Rejects with `already-running` when a daemon answers at this address. */
export async function bindControlSocket(address: string, onConnection: (socket: Socket) => void): Promise<Server> {
  if (process.platform !== 'win32') await mkdir(dirname(address), { recursive: true, mode: 0o700 });
  for (let attempt = 0; attempt < 3; attempt++) {
    const server = await tryToListen(address, onConnection);
    if (server !== null) return server;
    if (await isAnswering(address)) break;
    await takeAway(address);
  }
  throw new WorkerError(
    'already-running',
    'Another manyhands worker uses this data folder. See what it does with "manyhands status", or give this one a folder of its own with --data.',
  );
}

/** null: something is bound there already, alive or not. */
function tryToListen(address: string, onConnection: (socket: Socket) => void): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer(onConnection);
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(null);
      else reject(new WorkerError('data-folder', `The control socket ${address} cannot be made (${error.code ?? error.message}).`));
    });
    server.listen(address, async () => {
      if (process.platform !== 'win32') await chmod(address, 0o600);
      resolve(server);
    });
  });
}

function isAnswering(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** What was moved aside may have been bound a moment ago: then it is put back. */
async function takeAway(address: string): Promise<void> {
  const aside = `${address}.${process.pid}`;
  try {
    await rename(address, aside);
  } catch {
    // Somebody else was faster; the next attempt to listen tells.
    return;
  }
  if (await isAnswering(aside)) await rename(aside, address);
  else await rm(aside, { force: true });
}
