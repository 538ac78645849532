/** Maps the task over the tiles of a picture and writes the picture again and again while they arrive. */
import { parseArgs } from 'node:util';
import { connect, SdkError } from '@manyhands/task-sdk';
import { Assembly } from './assembly.ts';
import render from './render.task.ts';
import type { Picture } from './render-tile.ts';
import { tilesOf } from './tiles.ts';

const USAGE = `Usage: node --conditions=source examples/render/src/submit.ts [options]
  --url URL       the coordinator (else MANYHANDS_URL, else the author file's)
  --author FILE   your author file (else MANYHANDS_AUTHOR, else the config folder's)
  --out FILE      the picture (picture.png)
  --width N       pixels (640)
  --height N      pixels (360)
  --samples N     paths followed per pixel (36); four times as many halve the noise
  --tile N        pixels along the side of a tile (40)`;

/** The picture on disk is renewed at most this often, milliseconds. */
const WRITE_EVERY_MS = 500;

async function submit(choice: { url?: string; authorFile?: string }, picture: Picture, tileSize: number, out: string): Promise<void> {
  const tiles = tilesOf(picture, tileSize);
  const assembly = new Assembly(picture);
  const name = `${picture.width}x${picture.height}x${picture.samples}`;
  await using grid = await connect(choice);
  // Named, so that running the same command again goes on with the same job.
  const key = `render-${render.version}-${name}-${tileSize}-${picture.seed}`;
  const inputs = tiles.map((tile) => ({ picture, tile }));
  const job = grid.map(render, inputs, { title: `Picture ${name}`, key, failures: 'throw' });
  console.log(`Watch it at ${await job.url}, and ${out} as it grows`);
  let [placed, writtenAt] = [0, 0];
  for await (const { input, output } of job) {
    assembly.place(input.tile, output.pixels);
    placed++;
    if (Date.now() - writtenAt < WRITE_EVERY_MS) continue;
    await assembly.write(out);
    writtenAt = Date.now();
    console.log(`${placed} of ${tiles.length} tiles`);
  }
  await assembly.write(out);
  console.log(`The picture is finished: ${out}`);
}

try {
  const text = { type: 'string' } as const;
  const options = {
    url: text,
    author: text,
    out: text,
    width: text,
    height: text,
    samples: text,
    tile: text,
    help: { type: 'boolean' },
  } as const;
  const { values } = parseArgs({ options });
  if (values.help) {
    console.log(USAGE);
  } else {
    const { url, author, out = 'picture.png', width = '640', height = '360', samples = '36', tile = '40' } = values;
    const choice = { ...(url !== undefined && { url }), ...(author !== undefined && { authorFile: author }) };
    await submit(choice, { width: Number(width), height: Number(height), samples: Number(samples), seed: 1 }, Number(tile), out);
  }
} catch (error) {
  console.error(error instanceof SdkError ? error.message : `${(error as Error).message}\n\n${USAGE}`);
  process.exitCode = 1;
}
