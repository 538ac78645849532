/** Whole jobs through the public commands and the SDK: real coordinator, three real volunteers, real sandboxes. */
import { connect, type Grid, ranges, type UnitResult } from '@manyhands/task-sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KNOWN_EXPONENTS, mersenne } from '../../examples/mersenne/src/index.ts';
import { GridProcesses } from '../grid-processes.ts';
import factor from './fixtures/factor.task.ts';
import moody from './fixtures/moody.task.ts';

let processes: GridProcesses;
let grid: Grid;

beforeAll(async () => {
  processes = await GridProcesses.open();
  for (const name of ['ada', 'ben', 'cleo']) await processes.startVolunteer(name);
  grid = await connect({ authorFile: processes.authorFile });
});

afterAll(async () => {
  await grid?.[Symbol.asyncDispose]();
  await processes?.[Symbol.asyncDispose]();
});

test('[JB1] the mersenne example finds exactly the known Mersenne primes', async () => {
  const results = await grid.map(mersenne, ranges(2, 1300, 100), { failures: 'throw' });
  const primes = results.flatMap(({ output }) => output.tested.filter(({ isPrime }) => isPrime).map(({ exponent }) => exponent));
  expect(primes).toEqual(KNOWN_EXPONENTS.filter((exponent) => exponent < 1300));
  for (const { verifiedBy } of results) expect(new Set(verifiedBy.map(({ account }) => account)).size).toBeGreaterThanOrEqual(2);
});

test('[JB2] a proof takes one right result, and never a wrong one', async () => {
  const job = grid.map(factor, [15, 21, 77, 221, 91, 10]);
  const id = await job.id;
  // Nobody is honest about 21, 77 and 91, so those units stay open: all three accounts have been asked, none may be asked twice.
  await expect
    .poll(() => verdictsOn(id, [0, 1, 2, 3, 4, 5]), { timeout: 60_000 })
    .toEqual([
      ['valid'],
      ['invalid', 'invalid', 'invalid'],
      ['invalid', 'invalid', 'invalid'],
      ['valid'],
      ['invalid', 'invalid', 'invalid'],
      ['valid'],
    ]);
  await job.cancel();
  const results = await job;
  expect(results.map(({ input, status, output }) => [input, status, output])).toEqual([
    [15, 'ok', 3],
    [21, 'cancelled', undefined],
    [77, 'cancelled', undefined],
    [221, 'ok', 13],
    [91, 'cancelled', undefined],
    [10, 'ok', 2],
  ]);
}, 90_000);

/** What the proof said of each result of some units. */
function verdictsOn(job: string, indices: readonly number[]): Promise<string[][]> {
  return Promise.all(
    indices.map(async (index) => {
      const unit = await grid.api.json(`/v1/jobs/${job}/units/${index}`);
      const { replicas } = unit as { replicas: { kind: string; valid?: boolean }[] };
      return replicas.filter(({ kind }) => kind === 'judged').map(({ valid }) => (valid ? 'valid' : 'invalid'));
    }),
  );
}

test('[JB3] a unit that throws, hangs, explodes or returns no value fails alone, and says why', async () => {
  const moods = ['fine', 'throws', 'fatal', 'hangs', 'explodes', 'cycle', 'function', 'fine'] as const;
  const results: UnitResult<unknown, unknown>[] = await grid.map(moody, moods);
  const ends = results.map(({ input, ...result }) => [input, result.status === 'failed' ? result.error.message : result.output]);
  expect(ends).toEqual([
    ['fine', 'fine'],
    ['throws', expect.stringContaining('not today')],
    ['fatal', expect.stringContaining('makes no sense')],
    ['hangs', expect.stringMatching(/timeoutMs/)],
    ['explodes', expect.stringMatching(/memory|timeoutMs/)],
    ['cycle', expect.stringContaining('cycle')],
    ['function', expect.stringContaining('function')],
    ['fine', 'fine'],
  ]);
}, 120_000);

test('[JB4] a cancelled job ends, gives no more work, and leaves the volunteers to others', async () => {
  const long = grid.map(mersenne, ranges(20_000, 60_000, 50));
  await long.sent;
  const { state } = await long.cancel();
  expect(state).toBe('cancelled');
  const results = await grid.map(factor, [4, 6, 9]);
  expect(results.map(({ output }) => output)).toEqual([2, 2, 3]);
});
