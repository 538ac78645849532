import { expectTypeOf, test } from 'vitest';
import * as z from 'zod';
import type collatz from '../test/tasks/collatz.task.ts';
import { confidence, defineTask, proof, quorum, within } from './define-task.ts';
import type { Grid } from './grid.ts';
import type { GridJob } from './grid-job.ts';
import { indices, ranges } from './inputs/ranges.ts';
import type { BelievedResult, UnitResult } from './results/unit-result.ts';
import type { InputOf, OutputOf } from './task-types.ts';

type Range = { from: number; to: number };
type Chain = { n: number; steps: number };
declare const grid: Grid;
declare const task: typeof collatz;
/** Never called: only its types are looked at. */
const never = (_: () => unknown): void => {};

test('[SK7] the types of inputs and outputs follow from the definition', () => {
  expectTypeOf<InputOf<typeof collatz>>().toEqualTypeOf<Range>();
  expectTypeOf<OutputOf<typeof collatz>>().toEqualTypeOf<Chain>();
  never(() => {
    expectTypeOf(grid.map(task, ranges(0, 9, 3))).toEqualTypeOf<GridJob<Range, Chain, 'values'>>();
    expectTypeOf<Awaited<GridJob<Range, Chain>>>().toEqualTypeOf<UnitResult<Range, Chain>[]>();
    expectTypeOf(grid.map(task, [], { failures: 'throw' })[Symbol.asyncIterator]().next).returns.resolves.toEqualTypeOf<
      IteratorResult<BelievedResult<Range, Chain>, void>
    >();
  });
});

test('[SK7] a task named by its file takes its types from a type-only import', () => {
  never(() => {
    expectTypeOf(grid.map<typeof collatz>(new URL('file:///x'), ranges(0, 9, 3))).toEqualTypeOf<GridJob<Range, Chain, 'values'>>();
    expectTypeOf(grid.job<typeof collatz>('job_x')).toEqualTypeOf<GridJob<Range, Chain, 'values'>>();
  });
});

test('[SK7] inputs that do not fit are errors in the editor', () => {
  never(() => {
    // @ts-expect-error numbers are no ranges
    grid.map(task, indices(5));
    // @ts-expect-error `to` is missing
    grid.map(task, [{ from: 1 }]);
  });
});

test('[SK7] with transforms, the author gives what goes in, `run` and `check` see what comes out of the schema', () => {
  const transforming = defineTask({
    name: 'dates',
    version: '1.0.0',
    title: 'Dates',
    license: 'MIT',
    input: z.string().transform((text) => text.length),
    output: z.number().transform((n) => `${n}`),
    verify: {
      kind: 'proof',
      check(input, output) {
        expectTypeOf(input).toEqualTypeOf<number>();
        expectTypeOf(output).toEqualTypeOf<string>();
        return true;
      },
    },
    run: (input) => {
      expectTypeOf(input).toEqualTypeOf<number>();
      return input;
    },
  });
  expectTypeOf<InputOf<typeof transforming>>().toEqualTypeOf<string>();
  expectTypeOf<OutputOf<typeof transforming>>().toEqualTypeOf<string>();
});

const plain = {
  name: 'x',
  version: '1.0.0',
  title: 'x',
  license: 'MIT',
  input: z.string(),
  output: z.object({ n: z.number() }),
  run: (s: string) => ({ n: s.length }),
};
type Counted = { n: number };

test('[SK7] a proof whose parameters do not fit the schemas is an error in the editor', () => {
  never(() => {
    defineTask({ ...plain, verify: proof((input: string, output: Counted) => input.length === output.n) });
    // @ts-expect-error the input is a string
    defineTask({ ...plain, verify: proof((input: number, output: Counted) => input === output.n) });
  });
});

test('[SK27] a policy may be left out, and every agreement goes with every policy that counts answers', () => {
  never(() => {
    defineTask(plain);
    defineTask({ ...plain, verify: quorum(2) });
    defineTask({ ...plain, verify: quorum(2, { agree: within({ abs: 1 }) }) });
    defineTask({ ...plain, verify: quorum(2, { agree: (a: Counted, b: Counted) => a.n === b.n }) });
    defineTask({ ...plain, verify: confidence({ wrongIn: 100 }) });
    defineTask({ ...plain, verify: confidence({ wrongIn: 100, agree: within({ rel: 1e-9 }) }) });
    defineTask({ ...plain, verify: confidence({ wrongIn: 100, agree: async (a: Counted, b: Counted) => a.n === b.n }) });
    // @ts-expect-error a proof is believed by itself
    defineTask({ ...plain, verify: { kind: 'proof', check: () => true, agree: within({ abs: 1 }) } });
  });
});

test('[SK7] a comparator written in place has the types of the outputs, and one that does not fit them is an error in the editor', () => {
  never(() => {
    defineTask({
      ...plain,
      verify: {
        kind: 'confidence',
        wrongIn: 100,
        agree(a, b) {
          expectTypeOf(a).toEqualTypeOf<Counted>();
          expectTypeOf(b).toEqualTypeOf<Counted>();
          return true;
        },
      },
    });
    // @ts-expect-error outputs are objects
    defineTask({ ...plain, verify: quorum(2, { agree: (a: number, b: number) => a === b }) });
    // @ts-expect-error a comparator says yes or no
    defineTask({ ...plain, verify: quorum(2, { agree: (a: Counted, b: Counted) => a.n - b.n }) });
  });
});
