/** A grid of samples as a picture: noise dark, what stands out of it bright. */
import type { Canvas, Rectangle } from './canvas.ts';
import { flame } from './colour-map.ts';
import type { Grid } from './picture-grid.ts';
import { robustScale } from './robust-statistics.ts';

export interface Contrast {
  /** Brightness of the middle of the noise, 0 to 1. */
  readonly dark: number;
  /** So many times the noise's scatter above it is full brightness. */
  readonly bright: number;
}

/** Nearest values; `mirrored` when channels run from high to low. */
export function drawGrid(canvas: Canvas, area: Rectangle, { columns, rows, values }: Grid, contrast: Contrast, mirrored: boolean): void {
  const { median, spread } = robustScale(values);
  const brightness = (value: number): number => contrast.dark + (value - median) / (contrast.bright * (spread || 1));
  for (let y = 0; y < area.height; y++) {
    const row = Math.floor((y * rows) / area.height);
    for (let x = 0; x < area.width; x++) {
      const column = Math.floor(((mirrored ? area.width - 1 - x : x) * columns) / area.width);
      canvas.dot(area.x + x, area.y + y, flame(brightness(values[row * columns + column] as number)));
    }
  }
}
