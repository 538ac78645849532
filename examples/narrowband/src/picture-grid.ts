/** Samples of any stretch of a file, gathered into a grid small enough for a picture. Reads in pieces, whatever the file's size. */
import type { Filterbank } from './filterbank.ts';

/** `columns` values of the first row, then of the next. The first row is the earliest, the first column the lowest channel. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
  readonly values: Float32Array;
}

export interface Stretch {
  readonly firstChannel: number;
  readonly channels: number;
  /** The grid has at most so many columns and rows. */
  readonly maxColumns: number;
  readonly maxRows: number;
}

const READ_SAMPLES = 4 * 2 ** 20;

/** Each value: the loudest channel of its column in each spectrum, averaged over the spectra of its row. */
export async function gridOf(filterbank: Filterbank, stretch: Stretch): Promise<Grid> {
  const columns = Math.min(stretch.maxColumns, stretch.channels);
  const rows = Math.min(stretch.maxRows, filterbank.spectra);
  const sums = new Float64Array(columns * rows);
  const counts = new Uint32Array(rows);
  const perRead = Math.max(1, Math.floor(READ_SAMPLES / stretch.channels));
  for (let first = 0; first < filterbank.spectra; first += perRead) {
    const spectra = Math.min(perRead, filterbank.spectra - first);
    const samples = await filterbank.read({
      firstChannel: stretch.firstChannel,
      channels: stretch.channels,
      firstSpectrum: first,
      spectra,
    });
    for (let t = 0; t < spectra; t++) {
      const row = Math.floor(((first + t) * rows) / filterbank.spectra);
      addLoudest(samples.subarray(t * stretch.channels, (t + 1) * stretch.channels), sums.subarray(row * columns, (row + 1) * columns));
      counts[row] = (counts[row] as number) + 1;
    }
  }
  const values = Float32Array.from(sums, (sum, i) => sum / (counts[Math.floor(i / columns)] as number));
  return { columns, rows, values };
}

function addLoudest(spectrum: ArrayLike<number>, sums: Float64Array): void {
  const channelsPerColumn = spectrum.length / sums.length;
  for (let column = 0; column < sums.length; column++) {
    const end = Math.floor((column + 1) * channelsPerColumn);
    let loudest = Number.NEGATIVE_INFINITY;
    for (let c = Math.floor(column * channelsPerColumn); c < end; c++) {
      const value = spectrum[c] as number;
      if (value > loudest && value < Number.POSITIVE_INFINITY) loudest = value;
    }
    if (loudest > Number.NEGATIVE_INFINITY) sums[column] = (sums[column] as number) + loudest;
  }
}
