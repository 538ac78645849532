/** Centre and scatter that a few strong signals among the values cannot move. All pure; none changes its argument. */

/** What a Gaussian's standard deviation is in units of its median absolute deviation. */
const GAUSSIAN_MAD = 1.4826;

export interface Scale {
  readonly median: number;
  /** As a standard deviation; 0 when all values are equal. */
  readonly spread: number;
}

/** Of the upper of the two middle values, where their number is even. NaN for none. */
export function median(values: Float32Array): number {
  return quickselect(values.slice(), values.length >> 1);
}

/** Median, and 1.4826 × the median absolute deviation from it: right for Gaussian noise, blind to up to half of outliers. */
export function robustScale(values: Float32Array): Scale {
  const scratch = values.slice();
  const middle = quickselect(scratch, scratch.length >> 1);
  for (let i = 0; i < scratch.length; i++) scratch[i] = Math.abs((scratch[i] as number) - middle);
  const deviation = quickselect(scratch, scratch.length >> 1);
  // Coarse samples (1 or 2 bits) can put more than half of the values on the median itself.
  return { median: middle, spread: deviation > 0 ? deviation * GAUSSIAN_MAD : standardDeviation(values) };
}

/** NaN for none, as in standardDeviation. */
export function mean(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

export function standardDeviation(values: Float32Array): number {
  const centre = mean(values);
  let squares = 0;
  for (const value of values) squares += (value - centre) * (value - centre);
  return Math.sqrt(squares / values.length);
}

/** The median of the `window` values around each one (fewer towards the ends). */
export function runningMedian(values: Float32Array, window: number): Float32Array {
  const half = window >> 1;
  return values.map((_, i) => median(values.subarray(Math.max(0, i - half), Math.min(values.length, i + half + 1))));
}

/** The k-th smallest value (Hoare's selection); reorders `values`. */
function quickselect(values: Float32Array, k: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1] as number;
    let i = low;
    let j = high;
    while (i <= j) {
      while ((values[i] as number) < pivot) i++;
      while ((values[j] as number) > pivot) j--;
      if (i > j) break;
      const held = values[i] as number;
      values[i++] = values[j] as number;
      values[j--] = held;
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else break;
  }
  return values[k] ?? Number.NaN;
}
