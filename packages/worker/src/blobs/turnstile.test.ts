import { expect, test } from 'vitest';
import { Turnstile } from './turnstile.ts';

test('so many at a time, the others in order, and a failure frees its place', async () => {
  const turnstile = new Turnstile(2);
  const started: number[] = [];
  const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const passes = gates.map((gate, n) =>
    turnstile.pass(() => {
      started.push(n);
      return gate.promise;
    }),
  );
  expect(started).toEqual([0, 1]);
  gates[1]?.reject(new Error('no'));
  await expect(passes[1]).rejects.toThrow('no');
  expect(started).toEqual([0, 1, 2]);
  for (const gate of gates) gate.resolve();
  await Promise.allSettled(passes);
  expect(started).toEqual([0, 1, 2, 3]);
  expect(await turnstile.pass(async () => 'free')).toBe('free');
});
