import { FakeClock } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { LOAD_LIMITS, LoadMeter } from './load-meter.ts';

function openMeter(limits = LOAD_LIMITS) {
  const clock = new FakeClock();
  const state = { queued: 0, strains: [] as number[] };
  const meter = new LoadMeter({ clock, limits, queued: () => state.queued, onChange: (strain) => state.strains.push(strain) });
  return { clock, state, meter };
}

test('[GW21] the queue for commits is measured every second; a change is told once', () => {
  // A slow machine is not what is tested here.
  const { clock, state, meter } = openMeter({ delayMs: 1e9, queued: 12_500 });
  using _ = meter;
  for (const queued of [12_499, 12_500, 12_501, 25_000, 6_000, 0]) {
    state.queued = queued;
    clock.advance(1_000);
  }
  expect(state.strains).toEqual([1, 2, 0]);
});

test('[GW21] a loop that is blocked in every turn is strain, and it is over when it is not blocked any more', async () => {
  const { clock, state, meter } = openMeter({ delayMs: 40, queued: 1e9 });
  using _ = meter;
  for (let turns = 0; turns < 5; turns++) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    for (const until = performance.now() + 60; performance.now() < until; );
  }
  await new Promise((resolve) => setTimeout(resolve, 0));
  clock.advance(1_000);
  expect([state.strains.length, meter.sheds('page'), meter.sheds('result')]).toEqual([1, true, false]);
});
