import { defineTask, FatalTaskError, proof } from '@manyhands/task-sdk';
import * as z from 'zod';

export default defineTask({
  name: 'roots',
  version: '1.0.0',
  title: 'Roots of squares',
  license: 'MIT',
  input: z.int(),
  output: z.int(),
  verify: proof((square: number, root: number) => root * root === square),
  run(square, ctx) {
    ctx.log(`looking for the root of ${square}`);
    const root = Math.round(Math.sqrt(square));
    if (root * root !== square) throw new FatalTaskError(`${square} is no square`);
    ctx.checkpoint({ at: root });
    return root;
  },
});
