import { createSeededEntropy } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { type Storm, StormWorld } from './storm-world.ts';

const run = (storm: Partial<Storm>) =>
  new StormWorld({
    workers: 10_000,
    handshakesPerSecond: 300,
    downMs: 4_000,
    isAnnounced: true,
    random: createSeededEntropy(1).random,
    ...storm,
  }).run();

const boundMs = (workers: number): number => ((1.6 * workers) / 300 + 30) * 1_000;
const median = (sorted: readonly number[]): number => sorted[sorted.length >> 1] ?? 0;

test.each([300, 10_000, 50_000])(
  '[GW19] %i workers come back after a restart in at most two attempts each, within the bound, none too soon',
  (workers) => {
    const { attempts, lastBackMs, tooSoon } = run({ workers });
    expect(attempts).toHaveLength(workers);
    expect([median(attempts), (attempts.at(-1) as number) <= 2, lastBackMs <= boundMs(workers), tooSoon]).toEqual([1, true, true, 0]);
  },
);

test('[GW19] half of 10,000 workers come back in one attempt even if the restart takes longer than was thought', () => {
  const { attempts, lastBackMs, tooSoon } = run({ downMs: 8_000 });
  expect([median(attempts), lastBackMs <= boundMs(10_000), tooSoon]).toEqual([1, true, 0]);
});

test('[GW19] after a crash, of which nobody could be told, those who are turned away come back once, and within the bound', () => {
  const { attempts, lastBackMs, tooSoon } = run({ downMs: 500, isAnnounced: false });
  expect([median(attempts), lastBackMs <= boundMs(10_000), tooSoon]).toEqual([2, true, 0]);
});
