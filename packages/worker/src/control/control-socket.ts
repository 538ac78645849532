/**
 * Binding the control address is what makes one daemon per data folder (WK39).
 * A daemon that was killed leaves its socket file behind; it is removed after nobody answered on it.
 * Must be called under the start lock: between that look and the binding nobody else may bind.
 */
import { chmod, mkdir, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { WorkerError } from '../domain/worker-error.ts';

/** Rejects with `already-running` when a daemon answers at this address. */
export async function bindControlSocket(address: string, onConnection: (socket: Socket) => void): Promise<Server> {
  if (process.platform !== 'win32') await mkdir(dirname(address), { recursive: true, mode: 0o700 });
  const server = (await listen(address, onConnection)) ?? (await takeOver(address, onConnection));
  if (process.platform !== 'win32') await chmod(address, 0o600);
  return server;
}

async function takeOver(address: string, onConnection: (socket: Socket) => void): Promise<Server> {
  if (!(await isAnswering(address))) {
    await rm(address, { force: true });
    const server = await listen(address, onConnection);
    if (server !== null) return server;
  }
  throw new WorkerError(
    'already-running',
    'Another manyhands worker uses this data folder. See what it does with "manyhands status", or give this one a folder of its own with --data.',
  );
}

/** null: something is bound there already, alive or not. */
function listen(address: string, onConnection: (socket: Socket) => void): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer(onConnection);
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(null);
      else reject(new WorkerError('data-folder', `The control socket ${address} cannot be made (${error.code ?? error.message}).`));
    });
    server.listen(address, () => resolve(server));
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
