import { defineTask, quorum } from '@manyhands/task-sdk';
import * as z from 'zod';
import { LOADS } from './spin.ts';

/** Any of the loads, for comparison with the same code in plain Node. */
export default defineTask({
  name: 'loads',
  version: '1.0.0',
  title: 'Loads',
  license: 'MIT',
  input: z.object({ kind: z.enum(['sieve', 'mandelbrot', 'trees', 'nothing']), rounds: z.int().positive() }),
  output: z.int(),
  verify: quorum(1),
  math: 'native',
  run: ({ kind, rounds }) => LOADS[kind](rounds),
});
