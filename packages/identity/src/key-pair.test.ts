import { SIGNING_DOMAINS, type SigningDomain } from '@manyhands/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createKeyPair, signText, verifyText } from './key-pair.ts';

const domains = Object.keys(SIGNING_DOMAINS) as SigningDomain[];
const pair = createKeyPair();
const other = createKeyPair();

test('[PR12] keys are 32 bytes and signatures 64, base64url without padding', () => {
  expect(pair.publicKey).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(pair.privateKey).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(signText('hello', 'x', pair)).toMatch(/^[A-Za-z0-9_-]{86}$/);
  expect(other).not.toEqual(pair);
});

test('[PR13] a signature holds for its text, its purpose and its key, and for nothing else', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(...domains),
      fc.constantFrom(...domains),
      (text, another, domain, purpose) => {
        const signature = signText(domain, text, pair);
        expect(verifyText(domain, text, signature, pair.publicKey)).toBe(true);
        expect(verifyText(purpose, text, signature, pair.publicKey)).toBe(purpose === domain);
        expect(verifyText(domain, another, signature, pair.publicKey)).toBe(another === text);
        expect(verifyText(domain, text, signature, other.publicKey)).toBe(false);
      },
    ),
  );
});

test('[PR13] no two purposes begin alike, so no text can move from one to another', () => {
  const prefixes = Object.values(SIGNING_DOMAINS).map((domain) => `${domain}\n`);
  for (const one of prefixes) expect(prefixes.filter((another) => another.startsWith(one))).toEqual([one]);
});

const good = signText('hello', 'x', pair);
test.each([
  ['an empty signature', '', pair.publicKey],
  ['a short signature', good.slice(0, -2), pair.publicKey],
  ['a signature of other letters', '!'.repeat(86), pair.publicKey],
  ['an empty key', good, ''],
  ['a short key', good, pair.publicKey.slice(1)],
  ['a key of other letters', good, '!'.repeat(43)],
  ['a key that is no point of the curve', good, Buffer.alloc(32, 2).toString('base64url')],
])('[PR16] %s is refused, never thrown', (_, signature, key) => {
  expect(verifyText('hello', 'x', signature, key)).toBe(false);
});

test('[PR16] every changed bit of a signature is noticed', () => {
  const bytes = Buffer.from(good, 'base64url');
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = Buffer.from(bytes);
    changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
    expect(verifyText('hello', 'x', changed.toString('base64url'), pair.publicKey)).toBe(false);
  }
});

test('signing with a malformed key crashes instead of making something of it', () => {
  expect(() => signText('hello', 'x', { publicKey: pair.publicKey, privateKey: 'short' })).toThrow();
});
