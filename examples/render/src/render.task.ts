/** One tile of the picture. Two volunteers must agree on it bit for bit: a renderer has no cheaper check than to render again. */
import { defineTask, FatalTaskError, quorum } from '@manyhands/task-sdk';
import * as z from 'zod';
import { renderTile } from './render-tile.ts';

const size = z.int().positive().max(16_384);
const place = z.int().nonnegative();

export default defineTask({
  name: 'render',
  version: '1.0.0',
  title: 'Render a picture',
  description: 'Follows rays of light through a scene, one tile of the picture at a time.',
  license: 'MIT',
  input: z.object({
    picture: z.object({ width: size, height: size, samples: z.int().positive().max(100_000), seed: z.int() }),
    tile: z.object({ x: place, y: place, width: size.max(512), height: size.max(512) }),
  }),
  /** Red, green, blue of every pixel, row by row. */
  output: z.object({ pixels: z.instanceof(Uint8Array) }),
  limits: { memoryMB: 128, timeoutMs: 60 * 60_000, outputBytes: 4 * 2 ** 20 },
  verify: quorum(2),
  run({ picture, tile }, ctx) {
    if (tile.x + tile.width > picture.width || tile.y + tile.height > picture.height) {
      throw new FatalTaskError(`The tile at ${tile.x}, ${tile.y} reaches beyond the picture of ${picture.width} × ${picture.height}`);
    }
    return { pixels: renderTile(picture, tile, (share) => ctx.progress(share)) };
  },
});
