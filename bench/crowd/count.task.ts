import { defineTask, quorum } from '@manyhands/task-sdk';
import * as z from 'zod';

/** Gives its index back. Nobody runs it here; it is to be published. */
export default defineTask({
  name: 'count',
  version: '1.0.0',
  title: 'Count',
  license: 'MIT',
  input: z.number(),
  output: z.number(),
  verify: quorum(1),
  run: (input) => input,
});
