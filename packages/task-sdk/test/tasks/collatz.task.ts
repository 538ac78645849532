import { defineTask, quorum } from '@manyhands/task-sdk';
import * as z from 'zod';

export default defineTask({
  name: 'collatz',
  version: '1.0.0',
  title: 'Longest Collatz chains',
  license: 'MIT',
  input: z.object({ from: z.int(), to: z.int() }),
  output: z.object({ n: z.int(), steps: z.int() }),
  limits: { memoryMB: 64, timeoutMs: 60_000 },
  verify: quorum(2),
  run({ from, to }, ctx) {
    let best = { n: from, steps: 0 };
    for (let n = from; n < to; n++) {
      let steps = 0;
      for (let at = n; at > 1; steps++) at = at % 2 === 0 ? at / 2 : 3 * at + 1;
      if (steps > best.steps) best = { n, steps };
    }
    ctx.progress(1);
    return best;
  },
});
