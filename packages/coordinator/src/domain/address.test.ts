import { expect, test } from 'vitest';
import { isLoopback, networkOf, plainAddress, siteOf } from './address.ts';

test.each([
  ['10.1.2.3', '10.1.2.3', null],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64', '2001:db8:1::/48'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64', '2001:db8:1::/48'],
  ['2001:db8::9', '2001:db8:0:0::/64', '2001:db8:0::/48'],
  ['2001:DB8::9', '2001:db8:0:0::/64', '2001:db8:0::/48'],
  ['::1', '0:0:0:0::/64', '0:0:0::/48'],
])('[GW6] %s counts as %s and belongs to %s', (address, network, site) => {
  expect([networkOf(address), siteOf(address)]).toEqual([network, site]);
});

test('[GW6] an IPv4 address inside IPv6 is the IPv4 address', () => {
  expect(['::ffff:10.1.2.3', '10.1.2.3', '::ffff:1:2'].map(plainAddress)).toEqual(['10.1.2.3', '10.1.2.3', '::ffff:1:2']);
});

test('[GW10] loopback is told from the rest', () => {
  expect(['127.0.0.1', '127.8.8.8', '::1', '10.0.0.1', '2001:db8::1'].map(isLoopback)).toEqual([true, true, true, false, false]);
});
