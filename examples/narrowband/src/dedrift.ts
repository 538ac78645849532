/**
 * Sums along drifting lines. A line of shift s stands in its middle column half-way through the observation and moves by
 * s columns from the first spectrum to the last; in each spectrum it takes the sample nearest to it.
 *
 * A Taylor tree shares partial sums between lines and is spectra / log2(spectra) times cheaper, but its lines stray from
 * the true ones by a column or more, and a tone one channel wide fades by as much as it strays. Volunteers lend time so
 * that nothing faint is missed: here every line is summed exactly.
 */
import type { FlatBand } from './flat-band.ts';

type Grid = Pick<FlatBand, 'spectra' | 'width' | 'pad'>;

/** Columns by which a line of this shift stands beside its middle in spectrum t. */
export function offsetAt(shift: number, t: number, spectra: number): number {
  return Math.round(shift * (t / (spectra - 1) - 0.5));
}

/** The sum of every line of this shift into `sums`, line n standing in column n + pad. */
export function sumLines(samples: Float32Array, { spectra, width, pad }: Grid, shift: number, sums: Float32Array): void {
  const starts = new Int32Array(spectra);
  for (let t = 0; t < spectra; t++) starts[t] = t * width + pad + offsetAt(shift, t, spectra);
  const whole = sums.length - (sums.length % 4);
  for (let n = 0; n < whole; n += 4) sumFour(samples, starts, n, sums);
  for (let n = whole; n < sums.length; n++) {
    let sum = 0;
    for (let t = 0; t < spectra; t++) sum += samples[(starts[t] as number) + n] as number;
    sums[n] = sum;
  }
}

/** The hot loop of the whole search: four neighbouring lines in four registers. */
function sumFour(samples: Float32Array, starts: Int32Array, n: number, sums: Float32Array): void {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let t = 0; t < starts.length; t++) {
    const at = (starts[t] as number) + n;
    a += samples[at] as number;
    b += samples[at + 1] as number;
    c += samples[at + 2] as number;
    d += samples[at + 3] as number;
  }
  sums[n] = a;
  sums[n + 1] = b;
  sums[n + 2] = c;
  sums[n + 3] = d;
}

/** The sum of a single line, `columns` neighbours wide, over the spectra `from` to `to` (excluded). */
export function sumLine(
  samples: Float32Array,
  grid: Grid,
  shift: number,
  line: number,
  columns: number,
  from = 0,
  to = grid.spectra,
): number {
  let sum = 0;
  for (let t = from; t < to; t++) {
    const [start, end] = columnsAt(grid, shift, line, columns, t);
    for (let at = start; at < end; at++) sum += samples[at] as number;
  }
  return sum;
}

/** Sets a line to 0, the mean of the noise: takes a signal out. */
export function clearLine(samples: Float32Array, grid: Grid, shift: number, line: number, columns: number): void {
  for (let t = 0; t < grid.spectra; t++) {
    const [start, end] = columnsAt(grid, shift, line, columns, t);
    samples.fill(0, start, end);
  }
}

/** Where a line's samples of spectrum t begin and end, as far as the grid has them. */
function columnsAt({ spectra, width, pad }: Grid, shift: number, line: number, columns: number, t: number): [number, number] {
  const from = line + pad + offsetAt(shift, t, spectra);
  return [t * width + Math.max(0, from), t * width + Math.min(width, from + columns)];
}
