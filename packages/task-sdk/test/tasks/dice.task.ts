import { confidence, defineTask } from '@manyhands/task-sdk';
import * as z from 'zod';

// In the direct sandbox, which has no walls, it counts on from run to run; where it is locked in, every roll is the first.
const world = globalThis as { rolls?: number };

export default defineTask({
  name: 'dice',
  version: '1.0.0',
  title: 'Near enough',
  license: 'MIT',
  input: z.int(),
  output: z.int(),
  verify: confidence({ wrongIn: 100, agree: (a: number, b: number) => a !== 0 && Math.abs(a - b) <= 5 }),
  run(sides) {
    world.rolls = (world.rolls ?? 0) + 1;
    return sides * world.rolls;
  },
});
