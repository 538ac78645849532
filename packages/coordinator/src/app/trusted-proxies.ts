import { BlockList, isIP } from 'node:net';

const RANGES = { loopback: ['127.0.0.0/8', '::1/128'] } as const;

/** An address, a range like `10.0.0.0/8`, or `loopback`. */
export function isProxyName(name: string): boolean {
  const [address = '', bits, rest] = name.split('/');
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] as number;
  return name in RANGES || (most > 0 && rest === undefined && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most)));
}

/** Whether the proxy at this address is believed when it says whom it speaks for. */
export function createTrust(names: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const name of names.flatMap((one) => (one in RANGES ? RANGES[one as keyof typeof RANGES] : [one]))) {
    const [address = '', bits] = name.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => isIP(address) !== 0 && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
