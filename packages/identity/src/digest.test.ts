import { digestSchema } from '@manyhands/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Digester, digestOf } from './digest.ts';

test('a digest is the SHA-256 of bytes, or of text as UTF-8', () => {
  expect(digestOf('abc')).toBe('sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(digestOf('é')).toBe(digestOf(new Uint8Array([0xc3, 0xa9])));
  expect(digestSchema.safeParse(digestOf('')).success).toBe(true);
});

test('bytes that arrive in pieces have the digest of the whole', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array()), (pieces) => {
      const digester = new Digester();
      for (const piece of pieces) digester.update(piece);
      expect(digester.digest()).toBe(digestOf(Buffer.concat(pieces)));
    }),
  );
});
