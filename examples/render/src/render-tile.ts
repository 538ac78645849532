/** Renders a rectangle of the picture. Pure: the same pixels in whatever pieces the picture is rendered. */
import { rayThrough } from './camera.ts';
import { trace, type World } from './path-tracer.ts';
import { pixelRandom } from './pixel-random.ts';
import { sunflower } from './scene.ts';
import { treeOf } from './sphere-tree.ts';
import { add, scale, type Vector } from './vector.ts';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Paths followed per pixel. */
  readonly samples: number;
  readonly seed: number;
}

/** In pixels from the picture's upper left corner. */
export interface Tile {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Red, green, blue of every pixel, row by row. */
export function renderTile(picture: Picture, tile: Tile, onRow: (share: number) => void = () => {}): Uint8Array<ArrayBuffer> {
  const scene = sunflower();
  const world: World = { scene, tree: treeOf(scene.spheres) };
  const pixels = new Uint8Array(tile.width * tile.height * 3);
  for (let y = 0; y < tile.height; y++) {
    for (let x = 0; x < tile.width; x++) {
      pixels.set(toScreen(lightAt(world, picture, tile.x + x, tile.y + y)), (y * tile.width + x) * 3);
    }
    onRow((y + 1) / tile.height);
  }
  return pixels;
}

/** The mean of all samples, which are spread over the pixel in a grid, each jittered within its cell. */
function lightAt(world: World, { width, height, samples, seed }: Picture, x: number, y: number): Vector {
  const random = pixelRandom(x, y, seed);
  const side = Math.ceil(Math.sqrt(samples));
  let light: Vector = [0, 0, 0];
  for (let i = 0; i < samples; i++) {
    const across = x + ((i % side) + random()) / side;
    const down = y + (Math.floor(i / side) + random()) / Math.ceil(samples / side);
    const ray = rayThrough((2 * across) / width - 1, 1 - (2 * down) / height, width / height, onDisk(random));
    light = add(light, trace(world, ray, random));
  }
  return scale(light, 1 / samples);
}

function onDisk(random: () => number): [number, number] {
  const radius = Math.sqrt(random());
  const angle = 2 * Math.PI * random();
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

const EXPOSURE = 1.35;

/** Light of any strength to a screen's 0 to 255: a film-like curve that keeps colour in highlights, then the screen's gamma. */
function toScreen(light: Vector): number[] {
  return light.map((value) => {
    const v = value * EXPOSURE;
    const filmed = (v * (2.51 * v + 0.03)) / (v * (2.43 * v + 0.59) + 0.14);
    return Math.round(255 * Math.min(1, Math.max(0, filmed)) ** (1 / 2.2));
  });
}
