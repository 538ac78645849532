/** Whom a limit counts: one IPv4 address, or one IPv6 /64, which is what a home or a machine is given. */

const V4_IN_V6 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** An IPv4 address inside IPv6 is that IPv4 address. */
export const plainAddress = (address: string): string => V4_IN_V6.exec(address)?.[1] ?? address;

export const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';

export const networkOf = (address: string): string => (address.includes(':') ? `${groupsOf(address, 4)}::/64` : address);

/** The /48 that a provider gives a customer with many networks; null: IPv4, where an address is all there is. */
export const siteOf = (address: string): string | null => (address.includes(':') ? `${groupsOf(address, 3)}::/48` : null);

function groupsOf(address: string, count: number): string {
  const [head, tail] = address.split('::') as [string, string | undefined];
  const left = head.split(':').filter(Boolean);
  const right = (tail ?? '').split(':').filter(Boolean);
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  const groups = [...left, ...zeros, ...right].slice(0, count).map((group) => Number.parseInt(group, 16).toString(16));
  return groups.join(':');
}
