import { expect, test } from 'vitest';
import { createDraw } from '../world/draw.ts';
import { wilsonInterval } from './interval.ts';

test('[SA8] nothing seen is below 3.84 in n, and the ends are those of the tables', () => {
  expect(wilsonInterval(0, 100_000)).toEqual({ low: 0, high: expect.closeTo(3.84e-5, 7) });
  expect(wilsonInterval(10, 100)).toEqual({ low: expect.closeTo(0.0552, 3), high: expect.closeTo(0.1744, 3) });
  expect(wilsonInterval(7, 7).high).toBe(1);
  expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
});

test('[SA8] it holds the truth in about 95 of 100 cases', () => {
  const draw = createDraw(7, 'interval');
  const [share, trials, cases] = [0.03, 500, 2000];
  let held = 0;
  for (let i = 0; i < cases; i++) {
    let hits = 0;
    for (let j = 0; j < trials; j++) if (draw() < share) hits++;
    const { low, high } = wilsonInterval(hits, trials);
    if (low <= share && share <= high) held++;
  }
  expect(held / cases).toBeGreaterThan(0.93);
  expect(held / cases).toBeLessThan(0.975);
});
