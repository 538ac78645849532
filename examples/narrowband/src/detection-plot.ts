/** One detection from near: its line as received, and below it the spectrum summed along the drift, where the tone stands up as a peak. */
import { type Canvas, type Rectangle, textWidth } from './canvas.ts';
import type { Detection } from './detections.ts';
import type { Filterbank } from './filterbank.ts';
import { type Contrast, drawGrid } from './grid-image.ts';
import { type Grid, gridOf } from './picture-grid.ts';
import { FAINT, INK, MARK } from './picture-style.ts';
import { robustScale } from './robust-statistics.ts';

/** Channels shown on either side of the line. */
const BESIDE = 40;
const CAPTION_HEIGHT = 24;
const SPECTRUM_HEIGHT = 44;
const CONTRAST: Contrast = { dark: 0.14, bright: 6 };

export async function drawDetection(
  canvas: Canvas,
  area: Rectangle,
  filterbank: Filterbank,
  detection: Detection,
  number: number,
): Promise<void> {
  const line = lineOf(detection, filterbank);
  const mirrored = filterbank.header.channelStepMHz < 0;
  const image = { x: area.x, y: area.y + CAPTION_HEIGHT, width: area.width, height: area.height - CAPTION_HEIGHT - SPECTRUM_HEIGHT };
  const grid = await gridOf(filterbank, { ...line.stretch, maxColumns: line.stretch.channels, maxRows: image.height });
  drawCaption(canvas, area, detection, number);
  drawGrid(canvas, image, loudestIn(grid, image), CONTRAST, mirrored);
  markEnds(canvas, image, line, mirrored);
  drawSpectrum(canvas, { ...image, y: image.y + image.height + 4, height: SPECTRUM_HEIGHT - 4 }, summedAlong(line, grid), mirrored);
}

interface Line {
  /** Channels it is seen in, counted from the stretch's first; where it is in the first and the last spectrum. */
  readonly start: number;
  readonly end: number;
  readonly stretch: { readonly firstChannel: number; readonly channels: number };
}

function lineOf({ frequencyMHz, driftHzPerSecond }: Detection, { header, spectra }: Filterbank): Line {
  const start = (frequencyMHz - header.firstChannelMHz) / header.channelStepMHz;
  const end = start + (driftHzPerSecond * spectra * header.spectrumSeconds) / (header.channelStepMHz * 1e6);
  const firstChannel = Math.max(0, Math.floor(Math.min(start, end)) - BESIDE);
  const channels = Math.min(header.channels, Math.ceil(Math.max(start, end)) + BESIDE) - firstChannel;
  return { start: start - firstChannel, end: end - firstChannel, stretch: { firstChannel, channels } };
}

function drawCaption(canvas: Canvas, area: Rectangle, { frequencyMHz, driftHzPerSecond, snr }: Detection, number: number): void {
  const sign = driftHzPerSecond < 0 ? '-' : '+';
  const behind = canvas.text(area.x, area.y, `${number}  `, MARK);
  canvas.text(behind, area.y, `${frequencyMHz.toFixed(6)} MHz`, INK);
  const right = `${sign}${Math.abs(driftHzPerSecond).toFixed(2)} Hz/s  S/N ${snr.toFixed(0)}`;
  canvas.text(area.x + area.width - textWidth(right), area.y, right, INK);
}

/** The loudest channel of each pixel's. */
function loudestIn({ columns, rows, values }: Grid, { width }: Rectangle): Grid {
  const pixels = Math.min(width, columns);
  const loudest = new Float32Array(pixels * rows).fill(Number.NEGATIVE_INFINITY);
  values.forEach((value, i) => {
    const at = Math.floor(i / columns) * pixels + Math.floor(((i % columns) * pixels) / columns);
    loudest[at] = Math.max(loudest[at] as number, value);
  });
  return { columns: pixels, rows, values: loudest };
}

function markEnds(canvas: Canvas, image: Rectangle, { start, end, stretch }: Line, mirrored: boolean): void {
  const xAt = (channel: number): number => {
    const x = Math.round(((channel + 0.5) / stretch.channels) * image.width);
    return image.x + (mirrored ? image.width - 1 - x : x);
  };
  canvas.triangle(xAt(start), image.y - 2, 7, 'down', MARK);
  canvas.triangle(xAt(end), image.y + image.height + 1, 7, 'up', MARK);
}

/** The mean of every channel around the line, followed along its drift; the line itself in the middle. */
function summedAlong({ start, end }: Line, { columns, rows, values }: Grid): Float32Array {
  return Float32Array.from({ length: 2 * BESIDE + 1 }, (_, i) => {
    let sum = 0;
    let count = 0;
    for (let row = 0; row < rows; row++) {
      const channel = Math.round(start + ((end - start) * (row + 0.5)) / rows) + i - BESIDE;
      if (channel < 0 || channel >= columns) continue;
      sum += values[row * columns + channel] as number;
      count++;
    }
    return sum / Math.max(1, count);
  });
}

function drawSpectrum(canvas: Canvas, area: Rectangle, spectrum: Float32Array, mirrored: boolean): void {
  const { median, spread } = robustScale(spectrum);
  const floor = median - 3 * spread;
  const top = Math.max(...spectrum, median + 8 * spread) - floor || 1;
  for (let x = 0; x < area.width; x++) {
    const i = Math.floor(((mirrored ? area.width - 1 - x : x) * spectrum.length) / area.width);
    const height = Math.max(1, Math.round((((spectrum[i] as number) - floor) / top) * area.height));
    const colour = Math.abs(i - BESIDE) <= 1 ? MARK : FAINT;
    canvas.fill({ x: area.x + x, y: area.y + area.height - height, width: 1, height }, colour);
  }
}
