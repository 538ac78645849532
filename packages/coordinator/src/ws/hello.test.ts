import { accountIdOf, createKeyPair, createSecret, hostIdOf, signText } from '@manyhands/identity';
import type { Hello } from '@manyhands/protocol';
import { expect, test } from 'vitest';
import { checkHello } from './hello.ts';

const key = createKeyPair();
const nonce = createSecret();
const hello: Hello = {
  type: 'hello',
  protocol: { oldest: 1, newest: 1 },
  hostKey: key.publicKey,
  signature: signText('hello', nonce, key),
  accountSecret: createSecret(),
  displayName: 'Ada',
  software: 'test',
  engine: 'v8',
  cores: 4,
};

test('[GW2] ids follow from key and secret; the secret goes no further', () => {
  const outcome = checkHello(hello, nonce);
  expect(outcome).toEqual({
    ok: true,
    identity: {
      host: hostIdOf(key.publicKey),
      account: accountIdOf(hello.accountSecret),
      hostKey: key.publicKey,
      displayName: 'Ada',
      team: null,
      gflops: null,
      cores: 4,
      software: 'test',
      engine: 'v8',
      protocol: 1,
    },
  });
});

test.each<[string, Partial<Hello>, number]>([
  ['a signature by another key', { hostKey: createKeyPair().publicKey }, 4002],
  ['a signature over another nonce', { signature: signText('hello', createSecret(), key) }, 4002],
  ['a signature made for another purpose', { signature: signText('manifest', nonce, key) }, 4002],
  ['a newer protocol only', { protocol: { oldest: 99, newest: 99 } }, 4001],
  ['an older protocol only', { protocol: { oldest: 0, newest: 0 } }, 4001],
])('[GW2] refused: %s', (_what, changes, code) => {
  expect(checkHello({ ...hello, ...changes }, nonce)).toMatchObject({ ok: false, code });
});

test('[GW2] a version refusal says who has to update', () => {
  const reasonOf = (version: number) => {
    const outcome = checkHello({ ...hello, protocol: { oldest: version, newest: version } }, nonce);
    return outcome.ok ? '' : outcome.reason;
  };
  expect(reasonOf(0)).toContain('update the worker');
  expect(reasonOf(99)).toContain('ask its operator to update');
});

test.each([
  ['Ada', 'Ada'],
  [null, null],
  ['  Ada  Lovelace ', 'Ada  Lovelace'],
  ['e\u0301', '\u00e9'],
  ['Ada\u202egnp.exe', 'Adagnp.exe'],
  ['a\nb\u001b[31m', 'ab[31m'],
  ['\u200f \u2066', null],
  ['نام\u200cها', 'نام\u200cها'],
  ['half \ud800', 'half \ufffd'],
])('[GW17] the name %j is shown as %j', (displayName, shown) => {
  const outcome = checkHello({ ...hello, displayName }, nonce);
  expect(outcome.ok && outcome.identity.displayName).toBe(shown);
});
