import { expect, test } from 'vitest';
import { Chance } from '../../simulation/chance.ts';
import { openFastWorkshop } from '../workshop.ts';
import { cutPower, type PowerCuts, recordLife } from './power-loss.ts';

const STATES = 80;
const NORMAL = new URL('../fixtures/synchronous-normal.ts', import.meta.url).href;

async function cuts(preload?: string): Promise<PowerCuts> {
  await using workshop = await openFastWorkshop();
  const recording = await recordLife(workshop.path, { loadMs: 300, ...(preload === undefined ? {} : { preload }) });
  expect(recording.witness.violations).toEqual([]);
  const found = await cutPower(workshop.path, recording, preload === undefined ? STATES : STATES / 4, new Chance(1));
  console.log(
    `power cuts: ${found.states} states of ${found.calls} calls, ${found.lookedFor} acknowledgements looked for, ${found.wrong} states wrong`,
  );
  return found;
}

test('[CR10] after a power cut at any moment, with any pages lost, torn or reordered, all that was acknowledged is there', async () => {
  const { states, lookedFor, violations } = await cuts();
  expect(states).toBe(STATES);
  expect(lookedFor).toBeGreaterThan(STATES);
  expect(violations).toEqual([]);
}, 120_000);

test('[CR11] with synchronous=NORMAL the same cuts do lose some: what would be lost can be seen', async () => {
  const { violations } = await cuts(NORMAL);
  expect(violations.some((violation) => violation.includes('I1: '))).toBe(true);
}, 120_000);
