import { retryAfterIn } from '@manyhands/protocol';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { toCloseReason } from './close-reason.ts';

test('[GW8] any text becomes a well-formed beginning of itself of at most 123 bytes, the longest there is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      const reason = toCloseReason(text);
      expect(text.startsWith(reason)).toBe(true);
      expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
      expect(reason.isWellFormed()).toBe(true);
      if (reason !== text) expect(Buffer.byteLength(reason)).toBeGreaterThan(123 - 4);
    }),
  );
});

test('[GW19] how long to stay away fits beside whatever else is said', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.nat(900_000), (text, retryAfterMs) => {
      const reason = toCloseReason(text, retryAfterMs);
      expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
      expect(reason.isWellFormed()).toBe(true);
      expect(retryAfterIn(reason)).toBe(retryAfterMs);
    }),
  );
});
