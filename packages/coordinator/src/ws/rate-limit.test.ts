import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { RateLimit } from './rate-limit.ts';

const rate = { perSecond: 20, burst: 60 };

test('[GW10] a burst passes, the one behind it waits for one interval', () => {
  const limit = new RateLimit(rate);
  for (let i = 0; i < rate.burst; i++) expect(limit.take(1_000)).toBe(0);
  expect(limit.take(1_000)).toBe(50);
  expect(limit.take(1_049)).toBe(1);
  expect(limit.take(1_050)).toBe(0);
});

test('[GW10] in any stretch of time no more pass than burst + rate · time, and whoever waits as told passes', () => {
  const steps = fc.array(fc.nat({ max: 300 }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(steps, (pauses) => {
      const limit = new RateLimit(rate);
      let now = 0;
      let passed = 0;
      for (const pause of pauses) {
        now += pause;
        const waitMs = limit.take(now);
        if (waitMs > 0) {
          now += waitMs;
          expect(limit.take(now)).toBe(0);
        }
        passed++;
        expect(passed).toBeLessThanOrEqual(rate.burst + (rate.perSecond * now) / 1000 + 1e-6);
      }
    }),
  );
});

test('[GW13] after the clock stepped back an hour the wait is no longer than a burst takes', () => {
  const limit = new RateLimit(rate);
  for (let i = 0; i < rate.burst; i++) limit.take(3_600_000);
  expect(limit.take(0)).toBe(0);
});

test('a limit is fresh again when its last event is a full interval past', () => {
  const limit = new RateLimit(rate);
  limit.take(1_000);
  expect([limit.isFresh(1_049), limit.isFresh(1_050)]).toEqual([false, true]);
});
