import { defineTask, quorum } from '@manyhands/task-sdk';
import * as z from 'zod';
import { sieve } from './spin.ts';

/** Keeps one core busy for as long as the input says. */
export default defineTask({
  name: 'spin',
  version: '1.0.0',
  title: 'Spin',
  license: 'MIT',
  input: z.object({ rounds: z.int().positive() }),
  output: z.int(),
  verify: quorum(1),
  run: ({ rounds }) => sieve(rounds),
});
