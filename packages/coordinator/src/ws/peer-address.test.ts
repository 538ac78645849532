import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { isLoopback, networkOf, peerAddressOf } from './peer-address.ts';

const request = (remoteAddress: string, forwarded?: string) =>
  ({ socket: { remoteAddress }, headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage;

test.each([
  ['10.1.2.3', '10.1.2.3'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:db8::9', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('[GW6] %s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test('[GW6] an IPv4 address inside IPv6 is the IPv4 address', () => {
  expect(peerAddressOf(request('::ffff:10.1.2.3'), false)).toBe('10.1.2.3');
});

test('[GW6] X-Forwarded-For is believed only when trusted, only from this machine, and only its last address', () => {
  expect(peerAddressOf(request('127.0.0.1', '6.6.6.6, 10.1.2.3'), false)).toBe('127.0.0.1');
  expect(peerAddressOf(request('9.9.9.9', '10.1.2.3'), true)).toBe('9.9.9.9');
  expect(peerAddressOf(request('127.0.0.1', '6.6.6.6, 10.1.2.3'), true)).toBe('10.1.2.3');
  expect(peerAddressOf(request('::1'), true)).toBe('::1');
});

test('[GW10] loopback is told from the rest', () => {
  expect(['127.0.0.1', '127.8.8.8', '::1', '10.0.0.1', '2001:db8::1'].map(isLoopback)).toEqual([true, true, true, false, false]);
});
