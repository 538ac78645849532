import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Wheel } from './wheel.ts';

test('[GW14] everybody is woken in the turn in which the time has come, once', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 10_000 }), { maxLength: 50 }), (delays) => {
      const wheel = new Wheel<number>(100, 10_000);
      for (const [member, delay] of delays.entries()) wheel.set(member, delay);
      const wokenAt = new Map<number, number>();
      for (let turn = 1; turn <= 101; turn++) {
        for (const member of wheel.turn()) {
          wokenAt.set(member, turn);
          wheel.delete(member);
        }
      }
      expect(delays.map((_, member) => wokenAt.get(member))).toEqual(delays.map((delay) => Math.ceil(delay / 100)));
      expect(wheel.size).toBe(0);
    }),
  );
});

test('[GW14] whoever is set again waits anew, also for more than once around', () => {
  const wheel = new Wheel<string>(100, 1_000);
  wheel.set('a', 300);
  wheel.set('a', 5_000);
  const turns = Array.from({ length: 10 }, () => wheel.turn().length);
  expect(turns).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  expect([...wheel.keys()]).toEqual(['a']);
});
