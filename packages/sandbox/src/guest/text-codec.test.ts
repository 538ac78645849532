import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TextDecoder as OurDecoder, TextEncoder as OurEncoder } from './text-codec.ts';

const text = fc.string({ unit: 'binary' });

test('[SB2] our TextEncoder gives the bytes of the engine’s', () => {
  fc.assert(
    fc.property(text, (value) => {
      expect(new OurEncoder().encode(value)).toEqual(new TextEncoder().encode(value));
    }),
  );
  expect(new OurEncoder().encode('\ud800x')).toEqual(new TextEncoder().encode('\ud800x'));
});

test('[SB2] encodeInto stops at the last character that fits whole', () => {
  fc.assert(
    fc.property(text, fc.nat(20), (value, size) => {
      const [ours, theirs] = [new Uint8Array(size), new Uint8Array(size)];
      expect(new OurEncoder().encodeInto(value, ours)).toEqual(new TextEncoder().encodeInto(value, theirs));
      expect(ours).toEqual(theirs);
    }),
  );
});

/** Bytes that look like utf-8 often enough to reach the odd corners. */
const bytes = fc
  .array(fc.oneof(fc.constantFrom(0x41, 0xc2, 0xe0, 0xed, 0xef, 0xbb, 0xbf, 0xf0, 0xf4, 0x80, 0x90, 0xa0), fc.nat(255)))
  .map((array) => Uint8Array.from(array));

test('[SB2] our TextDecoder reads any bytes as the engine’s does', () => {
  fc.assert(
    fc.property(bytes, fc.boolean(), (value, ignoreBOM) => {
      expect(new OurDecoder('utf-8', { ignoreBOM }).decode(value)).toBe(new TextDecoder('utf-8', { ignoreBOM }).decode(value));
    }),
    { numRuns: 1_000 },
  );
});

test('[SB2] a fatal one refuses what the engine’s refuses', () => {
  const attempt = (decode: () => string): string => {
    try {
      return decode();
    } catch (error) {
      return (error as Error).name;
    }
  };
  fc.assert(
    fc.property(bytes, (value) => {
      const ours = attempt(() => new OurDecoder('utf8', { fatal: true }).decode(value));
      expect(ours).toBe(attempt(() => new TextDecoder('utf8', { fatal: true }).decode(value)));
    }),
  );
});

test('[SB2] a stream cut anywhere reads like the whole', () => {
  fc.assert(
    fc.property(text, fc.nat(30), (value, cut) => {
      const encoded = new TextEncoder().encode(value);
      const decoder = new OurDecoder('utf-8', { ignoreBOM: true });
      expect(decoder.decode(encoded.subarray(0, cut), { stream: true }) + decoder.decode(encoded.subarray(cut))).toBe(
        new TextDecoder('utf-8', { ignoreBOM: true }).decode(encoded),
      );
    }),
  );
});

test('[SB2] other encodings are refused by name', () => {
  expect(() => new OurDecoder('utf-16le')).toThrow(/utf-16le/);
});
