import { expectTypeOf, test } from 'vitest';
import * as z from 'zod';
import type collatz from '../test/tasks/collatz.task.ts';
import { defineTask, proof } from './define-task.ts';
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

test('[SK7] with transforms, the author gives what goes in, `run` sees what comes out of the schema', () => {
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
        expectTypeOf(output).toEqualTypeOf<number>();
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

test('[SK7] a proof whose parameters do not fit the schemas is an error in the editor', () => {
  const task = {
    name: 'x',
    version: '1.0.0',
    title: 'x',
    license: 'MIT',
    input: z.string(),
    output: z.number(),
    run: (s: string) => s.length,
  };
  never(() => {
    defineTask({ ...task, verify: proof((input: string, output: number) => input.length === output) });
    // @ts-expect-error the input is a string
    defineTask({ ...task, verify: proof((input: number, output: number) => input === output) });
  });
});
