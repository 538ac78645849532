/** Who is at the other end of a request, however many of our own proxies stand between. */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { plainAddress } from '../domain/address.ts';

/**
 * The address of the other end. Where that is a proxy we trust, the one it says it speaks for, and so on from the last to the first: whoever
 * is not trusted may have written what stands before it.
 */
export function peerAddressOf({ socket, headers }: IncomingMessage, isTrusted: (address: string) => boolean): string {
  let address = plainAddress(socket.remoteAddress ?? 'unknown');
  const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
  while (forwarded.length > 0 && isTrusted(address)) {
    const before = plainAddress((forwarded.pop() as string).trim());
    if (isIP(before) === 0) break;
    address = before;
  }
  return address;
}
