import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { isLoopback } from '../domain/address.ts';
import { peerAddressOf } from './peer-address.ts';

const request = (remoteAddress: string, forwarded?: string | string[]) =>
  ({ socket: { remoteAddress }, headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage;
const nobody = () => false;
const proxies = (address: string) => isLoopback(address) || address === '10.0.0.1';

test('[GW6] an IPv4 address inside IPv6 is the IPv4 address', () => {
  expect(peerAddressOf(request('::ffff:10.1.2.3'), nobody)).toBe('10.1.2.3');
});

test.each<[string, string | string[] | undefined, string]>([
  ['127.0.0.1', '6.6.6.6, 10.1.2.3', '10.1.2.3'],
  ['127.0.0.1', '6.6.6.6, 7.7.7.7, 10.0.0.1', '7.7.7.7'],
  ['127.0.0.1', ['6.6.6.6', '7.7.7.7'], '7.7.7.7'],
  ['9.9.9.9', '10.1.2.3', '9.9.9.9'],
  ['127.0.0.1', 'unknown', '127.0.0.1'],
  ['127.0.0.1', '6.6.6.6, <script>', '127.0.0.1'],
  ['10.0.0.1', '', '10.0.0.1'],
  ['::1', undefined, '::1'],
  ['::ffff:127.0.0.1', '::ffff:10.1.2.3', '10.1.2.3'],
])('[GW24] %s saying %j is %s: believed from trusted proxies only, and not beyond the last of them', (direct, forwarded, peer) => {
  expect(peerAddressOf(request(direct, forwarded), proxies)).toBe(peer);
});

test('[GW24] nobody is trusted who was not named', () => {
  expect(peerAddressOf(request('127.0.0.1', '6.6.6.6'), nobody)).toBe('127.0.0.1');
});
