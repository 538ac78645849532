/**
 * GIMPS: tests the Mersenne numbers of a range of exponents. Every prime exponent gets its Lucas-Lehmer residue.
 *
 * No cheap check of a residue is known, so two volunteers must agree on it, as in GIMPS. (A base-3 Fermat test can come with
 * a proof that is checked in a fraction of the time; it says "probably prime" where this says "prime".)
 */
import { defineTask, quorum, type TaskContext } from '@manyhands/task-sdk';
import * as z from 'zod';
import { advance, beginTest, type LucasLehmer, primesBetween, residueOf, stepsOf } from './lucas-lehmer.ts';

const testedSchema = z.object({
  exponent: z.int(),
  /** The lowest 64 bits of the last s, hexadecimal. */
  residue: z.string().regex(/^[0-9A-F]{16}$/),
  isPrime: z.boolean(),
});
export type Tested = z.infer<typeof testedSchema>;

/** What a checkpoint holds. s is hexadecimal: a million bits are written in no time, in decimal it would take seconds. */
const checkpointSchema = z.object({
  tested: z.array(testedSchema),
  test: z.object({ exponent: z.int(), steps: z.int(), s: z.string().regex(/^[0-9a-f]+$/) }),
});

/** Between checkpoints, in steps times the square of the exponent: a tenth of a second or two. */
const CHECKPOINT_WORK = 2 ** 39;

export default defineTask({
  name: 'mersenne',
  version: '1.0.0',
  title: 'Search for Mersenne primes',
  description: 'Lucas-Lehmer tests: which numbers 2^p - 1 are prime?',
  license: 'MIT',
  input: z.object({ from: z.int().min(2), to: z.int().max(2 ** 24) }),
  output: z.object({ tested: z.array(testedSchema) }),
  limits: { memoryMB: 128, timeoutMs: 24 * 3_600_000 },
  verify: quorum(2),
  run({ from, to }, ctx) {
    const exponents = primesBetween(from, to);
    const { tested, test } = stateIn(ctx);
    let work = 0;
    for (const exponent of exponents.slice(tested.length)) {
      let now = test?.exponent === exponent ? test : beginTest(exponent);
      while (now.steps < stepsOf(exponent)) {
        const next = advance(now, Math.ceil((CHECKPOINT_WORK - work) / exponent ** 2));
        work += (next.steps - now.steps) * exponent ** 2;
        now = next;
        if (work < CHECKPOINT_WORK) continue;
        report(ctx, exponents, tested, now);
        work = 0;
      }
      tested.push(verdictOf(now));
    }
    return { tested };
  },
});

interface State {
  /** The first exponents, done. */
  readonly tested: Tested[];
  /** The test under way; null before the first checkpoint. */
  readonly test: LucasLehmer | null;
}

/** The beginning, if there is no checkpoint or it makes no sense. */
function stateIn(ctx: TaskContext): State {
  const { data } = checkpointSchema.safeParse(ctx.resume);
  return data === undefined ? { tested: [], test: null } : { tested: data.tested, test: { ...data.test, s: BigInt(`0x${data.test.s}`) } };
}

/** The test is for odd exponents; 2^2 - 1 = 3 is prime as well. */
function verdictOf(test: LucasLehmer): Tested {
  const { exponent } = test;
  return exponent === 2
    ? { exponent, residue: '0'.repeat(16), isPrime: true }
    : { exponent, residue: residueOf(test), isPrime: test.s === 0n };
}

function report(ctx: TaskContext, exponents: readonly number[], tested: Tested[], { exponent, steps, s }: LucasLehmer): void {
  ctx.checkpoint({ tested, test: { exponent, steps, s: s.toString(16) } });
  const cost = (p: number): number => p ** 3;
  const all = exponents.reduce((sum, p) => sum + cost(p), 0);
  const done = tested.reduce((sum, { exponent: p }) => sum + cost(p), 0) + (cost(exponent) * steps) / stepsOf(exponent);
  ctx.progress(done / all);
}
