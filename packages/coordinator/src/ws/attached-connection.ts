/** Which connection a socket belongs to. The listeners are the same for all sockets: closures of their own would cost each a kilobyte (I42). */
import type { WebSocket } from 'ws';
import type { Connection } from './connection.ts';

const CONNECTION = Symbol('connection');

type Attached = WebSocket & { [CONNECTION]: Connection };

export function attachConnection(socket: WebSocket, connection: Connection): void {
  (socket as Attached)[CONNECTION] = connection;
  socket.on('message', onMessage);
  socket.on('pong', onPong);
  socket.on('error', onError);
  socket.on('close', onClose);
}

function onMessage(this: WebSocket, data: unknown, isBinary: boolean): void {
  (this as Attached)[CONNECTION].hear(data as Buffer, isBinary);
}

function onPong(this: WebSocket): void {
  (this as Attached)[CONNECTION].heard();
}

/** ws closes the socket itself after an error; `close` follows. */
function onError(this: WebSocket, error: Error): void {
  (this as Attached)[CONNECTION].failed(error);
}

function onClose(this: WebSocket, code: number, reason: Buffer): void {
  (this as Attached)[CONNECTION].ended(code, reason.toString());
}
