import { mkdtempDisposable, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TaskContext } from '@manyhands/task-sdk';
import fc from 'fast-check';
import { PNG } from 'pngjs';
import { expect, test } from 'vitest';
import { Assembly } from './assembly.ts';
import { pixelRandom } from './pixel-random.ts';
import render from './render.task.ts';
import { renderTile } from './render-tile.ts';
import { sunflower } from './scene.ts';
import { nearestHit, treeOf } from './sphere-tree.ts';
import { tilesOf } from './tiles.ts';
import { dot, normalize, scale, subtract, type Vector } from './vector.ts';

const SMALL = { width: 50, height: 30, samples: 2, seed: 7 };
const context = (fractions: number[] = []): TaskContext => ({
  ...{ random: Math.random, checkpoint: () => {}, resume: null, log: () => {} },
  progress: (fraction) => void fractions.push(fraction),
});

async function pixelsOf(assembly: Assembly): Promise<number[]> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'render-'));
  const path = join(folder.path, 'a.png');
  await assembly.write(path);
  expect(await readdir(folder.path)).toEqual(['a.png']);
  const { data } = PNG.sync.read(await readFile(path));
  return [...data].filter((_, i) => i % 4 !== 3);
}

test('[RN1] a picture assembled from tiles, in any order, equals the picture rendered in one piece', async () => {
  const whole = renderTile(SMALL, { x: 0, y: 0, width: SMALL.width, height: SMALL.height });
  for (const size of [16, 30]) {
    const assembly = new Assembly(SMALL);
    for (const tile of tilesOf(SMALL, size).toReversed()) {
      const { pixels } = await render.run({ picture: SMALL, tile }, context());
      assembly.place(tile, pixels);
    }
    expect(await pixelsOf(assembly)).toEqual([...whole]);
  }
});

test('[RN1] tiles cover every pixel once, the middle first', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 64 }),
      (width, height, size) => {
        const seen = new Uint8Array(width * height);
        const tiles = tilesOf({ width, height }, size);
        for (const tile of tiles) {
          for (let y = tile.y; y < tile.y + tile.height; y++)
            for (let x = tile.x; x < tile.x + tile.width; x++) seen[y * width + x] = (seen[y * width + x] ?? 9) + 1;
        }
        expect(seen.every((count) => count === 1)).toBe(true);
      },
    ),
    { numRuns: 30 },
  );
  expect(tilesOf({ width: 90, height: 90 }, 30)[0]).toMatchObject({ x: 30, y: 30 });
});

test('[RN2] the picture shows the scene: bright, dark and colourful', () => {
  const pixels = renderTile({ ...SMALL, samples: 4 }, { x: 0, y: 0, width: 50, height: 30 });
  const middle = pixels.subarray((15 * 50 + 25) * 3, (15 * 50 + 26) * 3);
  expect(Math.max(...pixels)).toBeGreaterThan(200);
  expect(Math.min(...pixels)).toBeLessThan(60);
  expect(Math.max(...middle) - Math.min(...middle)).toBeGreaterThan(20);
});

const direction = fc
  .tuple(
    ...([0, 1, 2].map(() => fc.double({ min: -1, max: 1, noNaN: true })) as [
      fc.Arbitrary<number>,
      fc.Arbitrary<number>,
      fc.Arbitrary<number>,
    ]),
  )
  .filter((vector) => dot(vector, vector) > 1e-3);

test('[RN2] the tree of spheres finds what trying every sphere finds', () => {
  const { spheres } = sunflower();
  const tree = treeOf(spheres);
  fc.assert(
    fc.property(direction, direction, (from, towards) => {
      const origin: Vector = [from[0] * 9, Math.abs(from[1]) * 9, from[2] * 9];
      const ray = { origin, direction: normalize(towards) };
      const distances = spheres.map(({ centre, radius }) => {
        const across = subtract(centre, origin);
        const along = dot(across, ray.direction);
        const miss = subtract(across, scale(ray.direction, along));
        const half = Math.sqrt(radius * radius - dot(miss, miss));
        return along - half > 1e-3 ? along - half : along + half > 1e-3 ? along + half : Number.NaN;
      });
      const nearest = Math.min(...distances.filter((distance) => distance > 0));
      const hit = nearestHit(tree, ray);
      if (hit === null) expect(nearest).toBe(Number.POSITIVE_INFINITY);
      else expect(hit.distance).toBeCloseTo(nearest, 3);
    }),
  );
});

test('[RN2] neighbouring pixels draw unrelated numbers, and the same pixel the same ones', () => {
  const first = Array.from({ length: 400 }, (_, i) => pixelRandom(i % 20, Math.floor(i / 20), 1)());
  expect(new Set(first).size).toBe(400);
  expect(first.reduce((sum, value) => sum + value, 0) / 400).toBeCloseTo(0.5, 1);
  expect(pixelRandom(3, 4, 1)()).toBe(pixelRandom(3, 4, 1)());
});

test('[RN3] a tile reports its progress row by row', async () => {
  const fractions: number[] = [];
  await render.run({ picture: SMALL, tile: { x: 0, y: 0, width: 4, height: 5 } }, context(fractions));
  expect(fractions).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
});

test('[RN3] a tile beyond the picture, and pixels of another tile, are refused', () => {
  const beyond = { x: 40, y: 0, width: 20, height: 10 };
  expect(() => render.run({ picture: SMALL, tile: beyond }, context())).toThrow(/beyond the picture/);
  expect(() => new Assembly(SMALL).place(beyond, new Uint8Array(600))).toThrow(RangeError);
  expect(() => new Assembly(SMALL).place({ x: 0, y: 0, width: 2, height: 2 }, new Uint8Array(3))).toThrow(RangeError);
});
