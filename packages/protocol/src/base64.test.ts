import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromBase64, toBase64 } from './base64.ts';

test('[VA8] base64 is what everyone else calls base64, and comes back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const text = toBase64(bytes);
      expect(text).toBe(Buffer.from(bytes).toString('base64'));
      expect(fromBase64(text)).toEqual(bytes);
    }),
  );
});

test('[VA8] bytes have one spelling: whatever is accepted is what would be written', () => {
  const almostBase64 = fc.string({ unit: fc.constantFrom(...'ABCDwxyz0189+/=-_ é'), maxLength: 12 });
  fc.assert(
    fc.property(almostBase64, (text) => {
      const bytes = fromBase64(text);
      if (bytes !== null) expect(toBase64(bytes)).toBe(text);
    }),
    { numRuns: 2_000 },
  );
});

test.each(['A', 'AA', 'AAA', 'AA=', 'A===', '=', '==', '====', 'AB==', 'AAB=', 'AA==AAAA', 'A-A=', 'AAA\n', 'AAAé'])(
  '[VA7] %j is not base64',
  (text) => {
    expect(fromBase64(text)).toBeNull();
  },
);
