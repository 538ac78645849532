import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { RECONNECT, retryDelayMs } from './backoff.ts';

const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('[WK19] never sooner than told, whatever the attempt and the draw', () => {
  fc.assert(
    fc.property(fc.nat(1_000), fc.nat(10_000_000), draw, (attempt, told, chance) => {
      expect(retryDelayMs(RECONNECT, attempt, told, chance)).toBeGreaterThanOrEqual(told);
    }),
  );
});

test('[WK19] without a word from the coordinator the wait doubles up to a cap, and is spread over half of itself', () => {
  fc.assert(
    fc.property(fc.nat(1_000), draw, (attempt, chance) => {
      const whole = Math.min(RECONNECT.capMs, RECONNECT.baseMs * 2 ** Math.min(attempt, 30));
      const delay = retryDelayMs(RECONNECT, attempt, null, chance);
      expect(delay).toBeGreaterThanOrEqual(whole / 2);
      expect(delay).toBeLessThanOrEqual(whole);
    }),
  );
});

test('[WK19] hosts that were told the same do not come back at the same moment', () => {
  expect(retryDelayMs(RECONNECT, 0, 8_000, 0.9)).toBeGreaterThan(retryDelayMs(RECONNECT, 0, 8_000, 0.1));
});

test('[WK19] a long delay is kept to within five seconds', () => {
  expect([retryDelayMs(RECONNECT, 0, 240_000, 0), retryDelayMs(RECONNECT, 0, 240_000, 0.5)]).toEqual([240_000, 242_500]);
});
