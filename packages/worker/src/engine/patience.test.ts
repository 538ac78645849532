import * as fc from 'fast-check';
import { beforeEach, expect, test, vi } from 'vitest';
import { FakeClock } from '../../test/fake-clock.ts';
import { SILENT } from '../../test/silent-log.ts';
import type { Answer } from '../ports/coordinator-api.ts';
import { Patience } from './patience.ts';

let clock: FakeClock;
let patience: Patience;
let draw = 0.5;
beforeEach(() => {
  clock = new FakeClock();
  patience = new Patience(clock, { random: () => draw }, SILENT);
});

const unavailable = (toldMs: number | null): Answer<string> => ({ kind: 'unavailable', reason: 'busy', toldMs });
const never = new AbortController().signal;
/** Lets what was resolved run on. */
const settled = () => vi.waitFor(() => Promise.resolve());

test('while the coordinator is out of reach nobody asks; then everybody who waited does', async () => {
  const ask = vi.fn(async (): Promise<Answer<string>> => ({ kind: 'ok', value: 'yes' }));
  const answers = [patience.insist('x', ask, never), patience.insist('x', ask, never)];
  clock.advance(3_600_000);
  await settled();
  expect(ask).not.toHaveBeenCalled();
  patience.setOnline(true);
  expect(await Promise.all(answers)).toEqual([
    { kind: 'ok', value: 'yes' },
    { kind: 'ok', value: 'yes' },
  ]);
});

test('a refusal is final', async () => {
  patience.setOnline(true);
  expect(await patience.insist('x', async () => ({ kind: 'refused', reason: 'no' }), never)).toEqual({ kind: 'refused', reason: 'no' });
});

test('[WK19] trouble is tried again, later each time and never before the time that was told', async () => {
  patience.setOnline(true);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.option(fc.nat(100_000)), { minLength: 1, maxLength: 6 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      async (told, chance) => {
        draw = chance;
        const askedAt: number[] = [];
        const answer = patience.insist(
          'x',
          async () => {
            askedAt.push(clock.now());
            return askedAt.length <= told.length ? unavailable(told[askedAt.length - 1] ?? null) : { kind: 'ok', value: 'at last' };
          },
          never,
        );
        while (askedAt.length <= told.length) {
          await settled();
          if (clock.timers > 0) clock.advance(1_000);
        }
        expect(await answer).toEqual({ kind: 'ok', value: 'at last' });
        for (const [n, toldMs] of told.entries())
          expect((askedAt[n + 1] ?? 0) - (askedAt[n] ?? 0)).toBeGreaterThanOrEqual(Math.max(500, toldMs ?? 0));
      },
    ),
    { numRuns: 20 },
  );
});

test('whoever gives up waiting is told at once, and leaves no timer behind', async () => {
  const controller = new AbortController();
  const offline = patience.insist('x', async () => unavailable(null), controller.signal);
  controller.abort(new Error('no longer wanted'));
  await expect(offline).rejects.toThrow('no longer wanted');
  await expect(patience.insist('x', async () => unavailable(null), controller.signal)).rejects.toThrow('no longer wanted');
  patience.setOnline(true);
  const second = new AbortController();
  const waiting = patience.insist('x', async () => unavailable(60_000), second.signal);
  await vi.waitFor(() => expect(clock.timers).toBe(1));
  second.abort(new Error('closing'));
  await expect(waiting).rejects.toThrow('closing');
  expect(clock.timers).toBe(0);
});
