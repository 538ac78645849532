import { defineTask, quorum } from '@manyhands/task-sdk';
import * as z from 'zod';

/** Gives its input back. The null worker never runs it; it is here to be published. */
export default defineTask({
  name: 'echo',
  version: '1.0.0',
  title: 'Echo',
  license: 'MIT',
  input: z.string(),
  output: z.string(),
  verify: quorum(1),
  run: (input) => input,
});
