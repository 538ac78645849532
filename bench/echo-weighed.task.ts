import { confidence, defineTask } from '@manyhands/task-sdk';
import * as z from 'zod';

/** The echo, under the default policy. */
export default defineTask({
  name: 'echo-weighed',
  version: '1.0.0',
  title: 'Echo, weighed',
  license: 'MIT',
  input: z.string(),
  output: z.string(),
  verify: confidence({ wrongIn: 10_000 }),
  run: (input) => input,
});
