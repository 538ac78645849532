/** A picture that comes together tile by tile, in any order, and can be looked at meanwhile. */
import { rename, writeFile } from 'node:fs/promises';
import { PNG } from 'pngjs';
import type { Picture, Tile } from './render-tile.ts';

/** Where no tile has come yet: a faint chequerboard. */
const EMPTY = [24, 34] as const;
const CHEQUER = 16;

export class Assembly {
  readonly #png: PNG;

  constructor({ width, height }: Pick<Picture, 'width' | 'height'>) {
    this.#png = new PNG({ width, height });
    for (let i = 0; i < width * height; i++) {
      const odd = (Math.floor((i % width) / CHEQUER) + Math.floor(i / width / CHEQUER)) % 2;
      const grey = EMPTY[odd as 0 | 1];
      this.#png.data.set([grey, grey, grey, 255], i * 4);
    }
  }

  /** Throws RangeError when the pixels are not this tile's, or the tile not this picture's. */
  place(tile: Tile, pixels: Uint8Array): void {
    const { width, height, data } = this.#png;
    if (pixels.length !== tile.width * tile.height * 3)
      throw new RangeError(`${pixels.length} bytes are no ${tile.width} × ${tile.height} pixels`);
    if (tile.x + tile.width > width || tile.y + tile.height > height)
      throw new RangeError(`a tile at ${tile.x}, ${tile.y} is not in this picture`);
    for (let i = 0; i < tile.width * tile.height; i++) {
      const at = (tile.y + Math.floor(i / tile.width)) * width + tile.x + (i % tile.width);
      data.set(pixels.subarray(i * 3, i * 3 + 3), at * 4);
    }
  }

  /** As PNG. Whoever looks at the file meanwhile sees the old picture or the new one, never half of it. */
  async write(path: string): Promise<void> {
    const unfinished = `${path}.part`;
    await writeFile(unfinished, PNG.sync.write(this.#png));
    await rename(unfinished, path);
  }
}
