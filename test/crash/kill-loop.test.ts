import { expect, test } from 'vitest';
import { Chance } from '../simulation/chance.ts';
import { type Cycle, killLoop } from './kill-loop.ts';

/** Two projects at a time, for a start keeps one core busy. */
const SEEDS = [1, 2];
const CYCLES = 20;

async function cyclesOf(seed: number): Promise<Cycle[]> {
  const cycles: Cycle[] = [];
  for await (const cycle of killLoop({ cycles: CYCLES / SEEDS.length, killedStarts: 0.25 }, new Chance(seed))) cycles.push(cycle);
  return cycles;
}

test('[CR5] [CR6] killed again and again under load, also on its way up, it keeps all it acknowledged, once, and its books add up', async () => {
  const cycles = (await Promise.all(SEEDS.map(cyclesOf))).flat();
  expect(cycles).toHaveLength(CYCLES);
  expect(cycles.filter(({ violations }) => violations.length > 0)).toEqual<Cycle[]>([]);
  expect(cycles.reduce((sum, { killedStarts }) => sum + killedStarts, 0)).toBeGreaterThan(0);
  // Something was acknowledged in each project's first life, and more since.
  for (let first = 0; first < CYCLES; first += CYCLES / SEEDS.length) {
    const results = cycles.slice(first, first + CYCLES / SEEDS.length).map((cycle) => cycle.results);
    expect(results[0]).toBeGreaterThan(0);
    expect(results.at(-1)).toBeGreaterThan(results[0] as number);
  }
}, 240_000);
