import { defineTask, quorum } from '@manyhands/task-sdk';
import * as z from 'zod';

export default defineTask({
  name: 'echo',
  version: '1.0.0',
  title: 'Says what it hears',
  license: 'MIT',
  input: z.unknown(),
  output: z.unknown(),
  verify: quorum(1),
  run: (input) => input,
});
