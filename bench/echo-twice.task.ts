import { defineTask, quorum } from '@manyhands/task-sdk';
import * as z from 'zod';

/** The echo, computed by two accounts. */
export default defineTask({
  name: 'echo-twice',
  version: '1.0.0',
  title: 'Echo, twice',
  license: 'MIT',
  input: z.string(),
  output: z.string(),
  verify: quorum(2),
  run: (input) => input,
});
