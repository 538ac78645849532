import { expect, test } from 'vitest';
import { joinUrlOf, localUrl } from './addresses.ts';

const projectKey = 'k'.repeat(43);

test.each([
  ['127.0.0.1', 'http://127.0.0.1:8080'],
  ['0.0.0.0', 'http://127.0.0.1:8080'],
  ['::', 'http://127.0.0.1:8080'],
  ['::1', 'http://[::1]:8080'],
  ['192.168.7.7', 'http://192.168.7.7:8080'],
])('[SV3] programs on this machine reach %s at %s', (host, url) => {
  expect(localUrl(host, 8080)).toBe(url);
});

test('[SV2] volunteers get the project key in the fragment, which never reaches a server', () => {
  expect(joinUrlOf({ publicUrl: null, host: '127.0.0.1', projectKey }, 8080)).toBe(`http://127.0.0.1:8080/#key=${projectKey}`);
  expect(joinUrlOf({ publicUrl: 'https://grid.example.org/', host: '0.0.0.0', projectKey }, 8080)).toBe(
    `https://grid.example.org/#key=${projectKey}`,
  );
  const open = new URL(joinUrlOf({ publicUrl: null, host: '0.0.0.0', projectKey }, 8080));
  expect([open.hostname === '0.0.0.0', open.port, open.hash]).toEqual([false, '8080', `#key=${projectKey}`]);
});
