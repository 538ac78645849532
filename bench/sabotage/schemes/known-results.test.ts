/** What is known of the classic schemes, reproduced, so that the simulator itself can be believed. Seeded: the figures are the same on every machine. */
import { expect, test } from 'vitest';
import { colluders } from '../adversaries/colluders.ts';
import { constantLiars } from '../adversaries/constant-liars.ts';
import { honest } from '../adversaries/honest.ts';
import { sleepers } from '../adversaries/sleepers.ts';
import { mFirstError } from '../statistics/m-first-error.ts';
import { spotCheckError } from '../statistics/spot-check-error.ts';
import type { AdversaryMaker } from '../world/adversary.ts';
import type { SchemeMaker } from '../world/scheme.ts';
import { type Plan, simulate } from '../world/simulate.ts';
import { LIAR } from '../world/tally.ts';
import { adaptiveReplication } from './adaptive-replication.ts';
import { credibility } from './credibility.ts';
import { quorum } from './quorum.ts';
import { quorumWithBans } from './quorum-with-bans.ts';
import { CHECKED_SHARE, spotCheck } from './spot-check.ts';

/** The published figures are for machines of one speed. */
const EQUAL = { adverseKind: LIAR, wrongIn: 10_000, seed: 1, spread: 0 } as const;

function figures(plan: Plan, scheme: SchemeMaker, adversary: AdversaryMaker) {
  const { tally } = simulate(plan, scheme, adversary);
  return { wrongRate: tally.wrong / plan.units, resultsPerUnit: (tally.results + tally.refereeRuns) / plan.units, tally };
}

test('[SA12] 15-first voting at f = .35 errs in .05 of all units, as the formula says', () => {
  const plan: Plan = { ...EQUAL, units: 20_000, hosts: 4000, f: 0.35 };
  const { wrongRate, resultsPerUnit } = figures(plan, quorum(15), constantLiars(1));
  const expected = mFirstError(15, 0.35);
  const sigma = Math.sqrt((expected * (1 - expected)) / plan.units);
  expect(expected).toBeCloseTo(0.05, 2);
  expect(Math.abs(wrongRate - expected)).toBeLessThan(4 * sigma);
  expect(resultsPerUnit).toBeCloseTo(15 / 0.65, 0);
});

test('[SA13] spot-checking leaves wrong what the formula says', () => {
  const [f, s, resultsPerHost] = [0.05, 0.1, 100];
  const seeds = [1, 2, 3, 4];
  const rates = seeds.map(
    (seed) => figures({ ...EQUAL, seed, units: 100_000, hosts: 100_000 / resultsPerHost, f }, spotCheck, constantLiars(s)).wrongRate,
  );
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  // Each tenth request is a canary, on top of a host's share of the units.
  const expected = spotCheckError(CHECKED_SHARE, resultsPerHost / (1 - CHECKED_SHARE), f, s);
  expect(mean / expected).toBeGreaterThan(0.85);
  expect(mean / expected).toBeLessThan(1.15);
});

test.each([
  { wrongIn: 1e4, low: 2.2, high: 2.6 },
  { wrongIn: 1e6, low: 3.3, high: 3.7 },
])('[SA14] credibility at f = .2 for one wrong in $wrongIn: $low to $high results per unit', ({ wrongIn, low, high }) => {
  let wrong = 0;
  const plan: Plan = { ...EQUAL, units: 10_000, hosts: 200, f: 0.2, wrongIn };
  for (const share of [0.02, 0.1, 0.3, 1]) {
    const { resultsPerUnit, tally } = figures(plan, credibility('blacklist'), constantLiars(share));
    expect(resultsPerUnit).toBeGreaterThan(low);
    expect(resultsPerUnit).toBeLessThan(high);
    expect(tally.bannedHosts[0]).toBe(0);
    wrong += tally.wrong;
  }
  // 40,000 units in all: four wrong ones may be expected at one in 10,000, none at one in a million.
  expect(wrong).toBeLessThanOrEqual(wrongIn === 1e4 ? 8 : 1);
});

const BOINC: Plan = { ...EQUAL, units: 100_000, hosts: 500, f: 0.05, spread: 0.5 };

test('[SA15] BOINC’s rule costs 1.06 with honest hosts', () => {
  expect(figures({ ...BOINC, f: 0 }, adaptiveReplication, honest).resultsPerUnit).toBeCloseTo(1.06, 2);
});

test.each([
  { name: 'sleepers from ten valid results on', adversary: sleepers(10), f: 0.05, wrong: 2.4e-2, cost: 1.07 },
  { name: 'sleepers from ten valid results on', adversary: sleepers(10), f: 0.2, wrong: 1.1e-1, cost: 1.11 },
  { name: 'sleepers from twenty on', adversary: sleepers(20), f: 0.05, wrong: 4.3e-3, cost: 1.06 },
  { name: 'liars in a tenth', adversary: constantLiars(0.1), f: 0.05, wrong: 4.1e-3, cost: 1.06 },
  { name: 'liars always', adversary: constantLiars(1), f: 0.05, wrong: 1.7e-2, cost: 1.13 },
  { name: 'liars always', adversary: constantLiars(1), f: 0.2, wrong: 1.3e-1, cost: 1.3 },
])('[SA15] BOINC’s rule and $name, f = $f: about $wrong wrong at $cost', ({ adversary, f, wrong, cost }) => {
  const runs = [1, 2, 3].map((seed) => figures({ ...BOINC, seed, f }, adaptiveReplication, adversary));
  const meanOf = (figure: 'wrongRate' | 'resultsPerUnit'): number => runs.reduce((sum, run) => sum + run[figure], 0) / runs.length;
  expect(meanOf('wrongRate') / wrong).toBeGreaterThan(0.75);
  expect(meanOf('wrongRate') / wrong).toBeLessThan(1.25);
  expect(Math.abs(meanOf('resultsPerUnit') - cost)).toBeLessThan(0.03);
});

test('[SA16] where lost votes ban, colluders with free identities ban everybody else', () => {
  const { wrongRate, tally } = figures(BOINC, quorumWithBans(2), colluders);
  expect(tally.bannedHosts[0]).toBe(475);
  expect(wrongRate).toBeGreaterThan(0.2);
});
