import { expect, test } from 'vitest';
import { constantLiars } from '../../adversaries/constant-liars.ts';
import { hoarders } from '../../adversaries/hoarders.ts';
import { pickyAuditors } from '../../adversaries/picky-auditors.ts';
import { sleepers } from '../../adversaries/sleepers.ts';
import type { AdversaryMaker } from '../../world/adversary.ts';
import { type Plan, simulate } from '../../world/simulate.ts';
import { LIAR } from '../../world/tally.ts';
import { answerOf, digestOf } from './names.ts';
import { PRODUCT } from './product.ts';

const PLAN: Plan = { units: 10_000, hosts: 20, f: 0.2, adverseKind: LIAR, wrongIn: 1000, seed: 1, spread: 0.5 };

function run(policy: 'confidence' | 'proof', adversary: AdversaryMaker) {
  const { tally } = simulate(PLAN, PRODUCT[policy] as NonNullable<(typeof PRODUCT)[string]>, adversary);
  return { tally, resultsPerUnit: (tally.results + tally.refereeRuns) / PLAN.units };
}

test('[SA19] confidence: whoever lies once trusted is found out, and what rested on its word is taken back', () => {
  const { tally, resultsPerUnit } = run('confidence', sleepers(20));
  expect(tally.foundOut).toBe(4);
  expect(tally.wrong).toBeLessThanOrEqual(10);
  expect(tally.unanswered).toBe(0);
  expect(tally.bannedHosts[0]).toBe(0);
  expect(tally.refereeRuns).toBeGreaterThan(0);
  expect(resultsPerUnit).toBeLessThan(2);
});

test('[SA19] proof: every answer is checked, none that is wrong is believed, and a lie costs one more result', () => {
  const { tally, resultsPerUnit } = run('proof', constantLiars(0.1));
  expect(tally.wrong).toBe(0);
  expect(tally.checks).toBe(tally.results);
  expect(tally.results).toBeGreaterThan(PLAN.units);
  expect(resultsPerUnit).toBeLessThan(1.03);
});

test('[SA19] confidence: who gives back whatever is not a fellow’s is soon given nothing, and next to every unit gets its answer', () => {
  const { tally, resultsPerUnit } = run('confidence', pickyAuditors(0.1, Number.POSITIVE_INFINITY));
  // A unit is handed out ten times at most: what they may give back at no cost spoils one or two. It was half of the job.
  expect(tally.unanswered).toBeLessThanOrEqual(3);
  expect(tally.wrong).toBeLessThanOrEqual(10);
  expect(resultsPerUnit).toBeLessThan(2);
});

test.each(['confidence', 'proof'] as const)('[SA19] %s: who never answers is kept from work, and the job ends', (policy) => {
  const { tally } = run(policy, hoarders);
  expect(tally.unanswered).toBe(0);
  expect(tally.wrong).toBe(0);
});

test('[SA19] an answer comes back out of its digest, whichever it is', () => {
  for (const answer of [0, 1, 2, 17, 123_456]) expect(answerOf(digestOf(3, answer))).toBe(answer);
  // Draws are settled by the order of digests: it must not favour the right answer.
  const rightFirst = Array.from({ length: 1000 }, (_, unit) => digestOf(unit, 0) < digestOf(unit, 1)).filter(Boolean).length;
  expect(rightFirst).toBeGreaterThan(400);
  expect(rightFirst).toBeLessThan(600);
});
