/** WebSockets as the gateway opens them, with as much of a handshake as a crowd waits for, and nothing behind them. Prints its URL. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

const server = createServer();
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
const nothing = (): void => {};
sockets.on('connection', (socket) => {
  socket.on('error', nothing);
  socket.once('message', () => socket.send('{"type":"welcome"}'));
  socket.send('{"type":"challenge","nonce":"x"}');
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })}\n`);
});
process.stdin.resume().on('end', () => process.exit(0));
