/** A few hundred worlds in every run of the tests, and those that once went wrong: always the same, so that a gate says the same twice. Fresh ones: `npm run simulate`. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { drawConfiguration, FEATURES } from './configuration.ts';
import { REGRESSIONS } from './regressions.ts';
import { simulate } from './simulation.ts';
import { reportOf } from './tally.ts';

const FIRST_SEED = 2_000;
const SEEDS = 300;
/** On a busy machine fewer worlds are looked at, not the patience of everybody tried. */
const LONGEST_MS = 40_000;

/** What went wrong in it, in words; '' : nothing did. */
async function faultsOf(seed: number): Promise<string> {
  const outcome = await simulate(seed);
  return outcome.violations.length === 0 ? '' : reportOf(outcome);
}

test.each(REGRESSIONS)('[SI1] seed %d is in order: %s', async (seed) => {
  expect(await faultsOf(seed)).toBe('');
});

test('[SI1] [SI2] whatever is drawn, the books keep every invariant, and once faults stop every job ends', {
  timeout: 2 * LONGEST_MS,
}, async () => {
  const until = performance.now() + LONGEST_MS;
  let seeds = 0;
  for (; seeds < SEEDS && performance.now() < until; seeds++) expect(await faultsOf(FIRST_SEED + seeds)).toBe('');
  expect(seeds).toBeGreaterThan(5);
});

test.each([1, 2, 3, 9])('[SI3] seed %d happens the same way twice, and not as the next one does', async (seed) => {
  const [one, again, other] = [await simulate(seed), await simulate(seed), await simulate(seed + 1)];
  expect(again.hash).toBe(one.hash);
  expect(again.events).toBe(one.events);
  expect(other.hash).not.toBe(one.hash);
});

test('[SI3] the command says the same with several threads as with one, and ends with one line of figures', {
  timeout: 60_000,
}, async () => {
  const program = new URL('./run.ts', import.meta.url).pathname;
  const run = async (jobs: string) => {
    const args = ['--conditions=source', program, '--from', '4', '--seeds', '4', '--json', '--jobs', jobs];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  };
  const [alone, together] = [await run('1'), await run('2')];
  expect(together).toEqual(alone);
  expect(alone).toEqual({ seeds: 4, violations: 0, simulatedWorkerYears: expect.any(Number), mutantsFound: 0, mutantsPlanted: 0 });
});

test('[SI4] every feature, store and policy is drawn, and left out', () => {
  const drawn = Array.from({ length: 200 }, (_, seed) => drawConfiguration(seed));
  for (const feature of FEATURES) expect(new Set(drawn.map(({ features }) => features.has(feature))).size, feature).toBe(2);
  expect(new Set(drawn.map(({ store }) => store)).size).toBe(2);
  const policies = drawn.flatMap(({ tasks }) => tasks.map(({ verify }) => (verify.kind === 'quorum' ? `quorum ${verify.k}` : verify.kind)));
  expect([...new Set(policies)].sort()).toEqual(['confidence', 'proof', 'quorum 1', 'quorum 2', 'quorum 3']);
});
