import { expect, test } from 'vitest';
import { createTrust, isProxyName } from './trusted-proxies.ts';

test('[GW24] addresses, ranges and loopback are names of proxies, anything else is none', () => {
  const names = [
    'loopback',
    '10.0.0.1',
    '10.0.0.0/8',
    '2001:db8::1',
    '2001:db8::/32',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    'proxy',
    '',
  ];
  expect(names.filter(isProxyName)).toEqual(['loopback', '10.0.0.1', '10.0.0.0/8', '2001:db8::1', '2001:db8::/32']);
});

test.each([
  [[], ['127.0.0.1', '::1', '10.0.0.1'], []],
  [['loopback'], ['127.0.0.1', '127.1.2.3', '::1', '10.0.0.1'], ['127.0.0.1', '127.1.2.3', '::1']],
  [['10.0.0.1'], ['10.0.0.1', '10.0.0.2', '::ffff:10.0.0.1'], ['10.0.0.1', '::ffff:10.0.0.1']],
  [
    ['10.0.0.0/8', '2001:db8::/32'],
    ['10.9.9.9', '11.0.0.1', '2001:db8:1::1', '2001:db9::1', 'unknown'],
    ['10.9.9.9', '2001:db8:1::1'],
  ],
])('[GW24] of those who trust %j, %j are asked: %j', (names, asked, trusted) => {
  expect(asked.filter(createTrust(names))).toEqual(trusted);
});
