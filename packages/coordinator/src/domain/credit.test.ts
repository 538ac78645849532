import fc from 'fast-check';
import { expect, test } from 'vitest';
import { creditFor } from './credit.ts';

test('[WU23] a day of the quickest result is worth 200 credits', () => {
  const day = 86_400_000;
  expect(
    creditFor(
      [
        { leasedAt: 0, returnedAt: day },
        { leasedAt: 0, returnedAt: 2 * day },
      ],
      10 * day,
    ),
  ).toBe(200_000_000);
});

test('[WU23] never more than the limit, never negative, always whole', () => {
  const time = fc.integer({ min: 0, max: 2e12 });
  const results = fc.array(fc.record({ leasedAt: time, returnedAt: time }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(results, fc.integer({ min: 10, max: 604_800_000 }), (agreeing, timeoutMs) => {
      const credit = creditFor(agreeing, timeoutMs);
      expect(Number.isSafeInteger(credit)).toBe(true);
      expect(credit).toBeGreaterThanOrEqual(0);
      expect(credit).toBeLessThanOrEqual(creditFor([{ leasedAt: 0, returnedAt: timeoutMs }], timeoutMs));
    }),
  );
});
