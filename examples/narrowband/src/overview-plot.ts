/** The whole observation: frequency to the right, time downwards, each detection marked where it begins and ends. */
import { type Canvas, type Rectangle, textWidth } from './canvas.ts';
import type { Detection } from './detections.ts';
import type { Filterbank } from './filterbank.ts';
import { type Contrast, drawGrid } from './grid-image.ts';
import { type Grid, gridOf } from './picture-grid.ts';
import { FAINT, MARK } from './picture-style.ts';
import { median, runningMedian } from './robust-statistics.ts';

/** Bends of the bandpass wider than this many columns are levelled out. */
const LEVEL_WINDOW = 65;
const CONTRAST: Contrast = { dark: 0.12, bright: 14 };
const LABEL_ROWS = 2;
const LABEL_ROW_HEIGHT = 11;

export async function drawOverview(
  canvas: Canvas,
  area: Rectangle,
  filterbank: Filterbank,
  detections: readonly Detection[],
): Promise<void> {
  const stretch = { firstChannel: 0, channels: filterbank.header.channels, maxColumns: area.width, maxRows: area.height };
  const grid = await gridOf(filterbank, stretch);
  drawGrid(canvas, area, levelled(grid), CONTRAST, filterbank.header.channelStepMHz < 0);
  drawFrequencyAxis(canvas, area, filterbank);
  drawTimeAxis(canvas, area, filterbank);
  markDetections(canvas, area, filterbank, detections);
}

function levelled({ columns, rows, values }: Grid): Grid {
  const columnMedians = Float32Array.from({ length: columns }, (_, column) => median(columnOf(values, columns, column)));
  const level = runningMedian(columnMedians, LEVEL_WINDOW);
  return { columns, rows, values: values.map((value, i) => value - (level[i % columns] as number)) };
}

function columnOf(values: Float32Array, columns: number, column: number): Float32Array {
  return Float32Array.from({ length: values.length / columns }, (_, row) => values[row * columns + column] as number);
}

const lowestMHz = ({ header: { firstChannelMHz, channelStepMHz, channels } }: Filterbank): number =>
  Math.min(firstChannelMHz, firstChannelMHz + channels * channelStepMHz);
const widthMHz = ({ header: { channelStepMHz, channels } }: Filterbank): number => Math.abs(channels * channelStepMHz);

function drawFrequencyAxis(canvas: Canvas, area: Rectangle, filterbank: Filterbank): void {
  const step = roundStep(widthMHz(filterbank) / 7);
  const decimals = Math.max(0, -Math.floor(Math.log10(step)));
  const lowest = lowestMHz(filterbank);
  const bottom = area.y + area.height;
  for (let i = Math.ceil(lowest / step); i * step <= lowest + widthMHz(filterbank); i++) {
    const x = area.x + Math.round(((i * step - lowest) / widthMHz(filterbank)) * area.width);
    const label = `${(i * step).toFixed(decimals)} MHz`;
    canvas.fill({ x, y: bottom, width: 1, height: 4 }, FAINT);
    const left = Math.min(area.x + area.width - textWidth(label), Math.max(area.x, x - (textWidth(label) >> 1)));
    canvas.text(left, bottom + 24, label, FAINT);
  }
}

function drawTimeAxis(canvas: Canvas, area: Rectangle, { spectra, header }: Filterbank): void {
  const seconds = spectra * header.spectrumSeconds;
  const step = roundStep(seconds / 4);
  for (let time = 0; time <= seconds; time += step) {
    const y = area.y + Math.round((time / seconds) * (area.height - 1));
    const label = `${Number(time.toPrecision(3))} s`;
    canvas.fill({ x: area.x - 4, y, width: 4, height: 1 }, FAINT);
    canvas.text(area.x - 7 - textWidth(label), y - 3, label, FAINT);
  }
}

/** 1, 2 or 5 times a power of ten, the next above. */
function roundStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(atLeast));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= atLeast) ?? 10);
}

/** Numbers above where each line begins, triangles where it begins and ends. Labels that would overlap move up a row, or stay away. */
function markDetections(canvas: Canvas, area: Rectangle, filterbank: Filterbank, detections: readonly Detection[]): void {
  const seconds = filterbank.spectra * filterbank.header.spectrumSeconds;
  const xAt = (megahertz: number): number =>
    area.x + Math.round(((megahertz - lowestMHz(filterbank)) / widthMHz(filterbank)) * (area.width - 1));
  const rowEnds = new Array<number>(LABEL_ROWS).fill(0);
  const leftToRight = detections
    .map((detection, i) => ({ ...detection, label: `${i + 1}` }))
    .sort((a, b) => a.frequencyMHz - b.frequencyMHz);
  for (const { frequencyMHz, driftHzPerSecond, label } of leftToRight) {
    const x = xAt(frequencyMHz);
    canvas.triangle(x, area.y - 3, 7, 'down', MARK);
    canvas.triangle(xAt(frequencyMHz + driftHzPerSecond * seconds * 1e-6), area.y + area.height + 5, 7, 'up', MARK);
    const left = x - (textWidth(label) >> 1);
    const row = rowEnds.findIndex((end) => end < left);
    if (row < 0) continue;
    canvas.text(left, area.y - 20 - row * LABEL_ROW_HEIGHT, label, MARK);
    rowEnds[row] = left + textWidth(label) + 3;
  }
}
