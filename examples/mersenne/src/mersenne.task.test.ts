import type { TaskContext } from '@manyhands/task-sdk';
import { expect, test } from 'vitest';
import { compare } from './comparison.ts';
import mersenne from './mersenne.task.ts';

type State = TaskContext['resume'];
interface Witness extends TaskContext {
  readonly states: State[];
  readonly fractions: number[];
}
function context(resume: State = null): Witness {
  const states: State[] = [];
  const fractions: number[] = [];
  const keep = (state: State) => void states.push(structuredClone(state));
  return {
    states,
    fractions,
    resume,
    checkpoint: keep,
    progress: (fraction) => void fractions.push(fraction),
    random: () => 0,
    log: () => {},
  };
}

test('[MP3] a search finds exactly the known Mersenne primes', async () => {
  const { tested } = await mersenne.run({ from: 2, to: 1300 }, context());
  const { found, missing, unknown } = compare(tested, 2, 1300);
  expect(found).toEqual([2, 3, 5, 7, 13, 17, 19, 31, 61, 89, 107, 127, 521, 607, 1279]);
  expect([...missing, ...unknown]).toEqual([]);
  expect(tested.every(({ isPrime, residue }) => isPrime === (residue === '0000000000000000'))).toBe(true);
});

test('[MP3] what is missing or unknown is named', () => {
  const wrong = [2, 3, 11].map((exponent) => ({ exponent, isPrime: true, residue: '0000000000000000' }));
  expect(compare(wrong, 2, 12)).toEqual({ found: [2, 3, 11], missing: [5, 7], unknown: [11] });
});

/** Long enough for several checkpoints. */
const LONG = { from: 9_939, to: 9_968 };

test('[MP2] a unit that goes on from any of its checkpoints gives the identical result', async () => {
  const first = context();
  const whole = await mersenne.run(LONG, first);
  expect(whole.tested.map(({ exponent, isPrime }) => [exponent, isPrime])).toEqual([
    [9941, true],
    [9949, false],
    [9967, false],
  ]);
  expect(first.states.length).toBeGreaterThanOrEqual(2);
  for (const state of [first.states[0], first.states.at(-1)]) {
    const second = context(state);
    expect(await mersenne.run(LONG, second)).toEqual(whole);
    expect(second.states.length).toBeLessThan(first.states.length);
  }
});

test('[MP2] a checkpoint that makes no sense is not gone on from', async () => {
  const expected = await mersenne.run({ from: 2, to: 50 }, context());
  for (const nonsense of ['x', { tested: 1 }, { tested: [], test: { exponent: 7, steps: 1, s: 'xyz' } }]) {
    expect(await mersenne.run({ from: 2, to: 50 }, context(nonsense))).toEqual(expected);
  }
});

test('[MP2] progress grows and stays below 1 until the end', async () => {
  const ctx = context();
  await mersenne.run(LONG, ctx);
  const { fractions } = ctx;
  expect(fractions.length).toBeGreaterThanOrEqual(2);
  expect(fractions.toSorted((a, b) => a - b)).toEqual(fractions);
  expect(fractions.at(-1)).toBeLessThan(1);
});
