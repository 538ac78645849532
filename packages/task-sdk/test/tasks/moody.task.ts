import { defineTask, quorum } from '@manyhands/task-sdk';
import * as z from 'zod';

// What a task must not do: remember. In the direct sandbox, which has no walls, globals outlive a run.
const world = globalThis as { mood?: number };

export default defineTask({
  name: 'moody',
  version: '1.0.0',
  title: 'Never the same answer',
  license: 'MIT',
  input: z.int(),
  output: z.int(),
  verify: quorum(2),
  run(n) {
    world.mood = (world.mood ?? 0) + 1;
    return n + world.mood;
  },
});
