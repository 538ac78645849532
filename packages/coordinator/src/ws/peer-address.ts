/** Whom a limit counts: one IPv4 address, or one IPv6 /64, which is what a home or a machine is given. */
import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

const V4_IN_V6 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** The address of the other end; behind a trusted proxy on this machine, the last address that proxy added. */
export function peerAddressOf(request: IncomingMessage, trustProxy: boolean): string {
  const direct = plain(request.socket.remoteAddress ?? 'unknown');
  if (!trustProxy || !isLoopback(direct)) return direct;
  const forwarded = request.headers['x-forwarded-for'];
  const last = (Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? '')).split(',').at(-1)?.trim();
  return last ? plain(last) : direct;
}

const plain = (address: string): string => V4_IN_V6.exec(address)?.[1] ?? address;

export const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';

export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const left = head.split(':').filter(Boolean);
  const right = (tail ?? '').split(':').filter(Boolean);
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  const groups = [...left, ...zeros, ...right].slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${groups.join(':')}::/64`;
}
