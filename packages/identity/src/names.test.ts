import { createHash } from 'node:crypto';
import { accountIdSchema, hostIdSchema } from '@manyhands/protocol';
import { expect, test } from 'vitest';
import { accountIdOf, createSecret, hostIdOf, tokenHashOf } from './names.ts';

test('[PR15] ids follow from the key or secret alone, and are ids', () => {
  const secret = createSecret();
  expect(hostIdOf(secret)).toBe(hostIdOf(secret));
  expect(hostIdSchema.safeParse(hostIdOf(secret)).success).toBe(true);
  expect(accountIdSchema.safeParse(accountIdOf(secret)).success).toBe(true);
  expect(hostIdOf(createSecret())).not.toBe(hostIdOf(secret));
});

test('[PR15] an id does not tell the secret, and one secret has unrelated ids as host and account', () => {
  const secret = createSecret();
  const [host, account] = [hostIdOf(secret), accountIdOf(secret)].map((id) => id.slice(id.indexOf('_') + 1));
  expect(host).not.toBe(account);
  expect(createHash('sha256').update(secret).digest().subarray(0, 16).toString('base64url')).not.toBe(account);
});

test('[PR15] secrets are 256 bits and never come twice', () => {
  const secrets = Array.from({ length: 1_000 }, createSecret);
  for (const secret of secrets) expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
  expect(new Set(secrets).size).toBe(1_000);
});

test('a token is stored as its SHA-256 only', () => {
  expect(tokenHashOf('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
