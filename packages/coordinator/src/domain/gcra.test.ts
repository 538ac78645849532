import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { pass, type Rate } from './gcra.ts';

const rate: Rate = { perSecond: 20, burst: 60 };

/** How long each of these events, at these times, has to wait. */
function waits(times: readonly number[], of: Rate = rate, cost = 1): number[] {
  let theoreticalAt = 0;
  return times.map((now) => {
    const passage = pass(of, theoreticalAt, now, cost);
    theoreticalAt = passage.theoreticalAt;
    return passage.waitMs;
  });
}

test.each([
  [59, 0],
  [60, 0],
  [61, 50],
])('[GW10] of %i events at once the last waits %i ms', (count, waitMs) => {
  expect(waits(Array<number>(count).fill(1_000)).at(-1)).toBe(waitMs);
});

test('[GW10] whoever waited for one interval passes, a millisecond less does not do', () => {
  expect(waits([...Array<number>(60).fill(1_000), 1_049, 1_050]).slice(-2)).toEqual([1, 0]);
});

test('[GW10] in any stretch of time no more pass than burst + rate · time, and whoever waits as told passes', () => {
  const steps = fc.array(fc.tuple(fc.nat({ max: 300 }), fc.integer({ min: 1, max: 60 })), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(steps, (events) => {
      let [theoreticalAt, now, passed] = [0, 0, 0];
      for (const [pause, cost] of events) {
        now += pause;
        const first = pass(rate, theoreticalAt, now, cost);
        now += first.waitMs;
        const second = first.waitMs > 0 ? pass(rate, first.theoreticalAt, now, cost) : first;
        expect(second.waitMs).toBeCloseTo(0, 6);
        theoreticalAt = second.theoreticalAt;
        passed += cost;
        expect(passed).toBeLessThanOrEqual(rate.burst + (rate.perSecond * now) / 1000 + 1e-6);
      }
    }),
  );
});

test('[GW10] what is larger than the burst passes when everything before it has', () => {
  expect(waits([0, 0, 1_000, 3_000], rate, 1_000)).toEqual([0, 3_000, 2_000, 0]);
});

test('[GW13] after the clock stepped back an hour the wait is no longer than a burst takes', () => {
  expect(waits([...Array<number>(60).fill(3_600_000), 0]).at(-1)).toBe(0);
});
