/** Connections of one address that are open at once, before anything was asked on them: whoever opens more is cut off at once (D4). */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { isLoopback, networkOf, plainAddress } from '../domain/address.ts';

export interface ConnectionCap {
  readonly connectionsPerAddress: number;
  readonly limitLoopback: boolean;
  readonly trustsProxy: (address: string) => boolean;
}

export function capConnections(server: Server, { connectionsPerAddress, limitLoopback, trustsProxy }: ConnectionCap): void {
  /** Of each network from which there are any. */
  const open = new Map<string, number>();
  const networks = new WeakMap<Socket, string>();
  /** One function for all sockets. */
  function leave(this: Socket): void {
    const network = networks.get(this) as string;
    const left = (open.get(network) as number) - 1;
    if (left > 0) open.set(network, left);
    else open.delete(network);
  }
  server.on('connection', (socket: Socket) => {
    const address = plainAddress(socket.remoteAddress ?? 'unknown');
    if ((isLoopback(address) && !limitLoopback) || trustsProxy(address)) return;
    const network = networkOf(address);
    const count = (open.get(network) ?? 0) + 1;
    if (count > connectionsPerAddress) return socket.destroy();
    open.set(network, count);
    networks.set(socket, network);
    socket.on('close', leave);
  });
}
