/** A picture to draw on, row by row, and to write as PNG. */
import { writeFile } from 'node:fs/promises';
import { PNG } from 'pngjs';
import { GLYPH_HEIGHT, GLYPH_WIDTH, isInked } from './bitmap-font.ts';

/** Red, green, blue, 0 to 255. */
export type Colour = readonly [number, number, number];

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export class Canvas {
  readonly #png: PNG;

  constructor(width: number, height: number, background: Colour) {
    this.#png = new PNG({ width, height });
    this.fill({ x: 0, y: 0, width, height }, background);
  }

  /** Pixels outside are ignored. */
  dot(x: number, y: number, [red, green, blue]: Colour): void {
    const { width, height, data } = this.#png;
    if (x < 0 || y < 0 || x >= width || y >= height) return;
    data.set([red, green, blue, 255], (Math.floor(y) * width + Math.floor(x)) * 4);
  }

  fill({ x, y, width, height }: Rectangle, colour: Colour): void {
    for (let row = y; row < y + height; row++) for (let column = x; column < x + width; column++) this.dot(column, row, colour);
  }

  /** Upright letters of 7 × `scale` pixels. Returns the x behind the last one. */
  text(x: number, y: number, text: string, colour: Colour, scale = 1): number {
    for (const letter of text) {
      for (let i = 0; i < GLYPH_WIDTH * GLYPH_HEIGHT; i++) {
        const [column, row] = [i % GLYPH_WIDTH, Math.floor(i / GLYPH_WIDTH)];
        if (isInked(letter, column, row)) this.fill({ x: x + column * scale, y: y + row * scale, width: scale, height: scale }, colour);
      }
      x += (GLYPH_WIDTH + 1) * scale;
    }
    return x;
  }

  /** Its tip at (x, y), `size` pixels high, pointing down or up. */
  triangle(x: number, y: number, size: number, direction: 'down' | 'up', colour: Colour): void {
    for (let i = 0; i < size; i++) {
      const half = Math.floor(i / 2);
      this.fill({ x: x - half, y: direction === 'down' ? y - i : y + i, width: 2 * half + 1, height: 1 }, colour);
    }
  }

  async write(path: string): Promise<void> {
    await writeFile(path, PNG.sync.write(this.#png));
  }
}

export const textWidth = (text: string, scale = 1): number => text.length * (GLYPH_WIDTH + 1) * scale - scale;
