/**
 * A sub-band made comparable: every sample in units of the noise around it, mean 0, spread 1, whatever the receiver's
 * bandpass, the file's units or a burst of interference did to it. What was not received (beyond the band, NaN, dead or
 * stuck channels) is filled with noise of the same kind, the same at every run: so all lines scatter alike.
 */
import { mean, median, robustScale, runningMedian, standardDeviation } from './robust-statistics.ts';
import { GUARD_CHANNELS } from './search-plan.ts';
import { seededRandom } from './seeded-random.ts';
import type { SubBand } from './sub-band.ts';

export interface FlatBand {
  readonly spectra: number;
  /** Samples per spectrum, padded so that every line fits: line n stands in column n + pad at mid-observation. */
  readonly width: number;
  readonly pad: number;
  /** Lines to search, and the file's channel of the first. */
  readonly lines: number;
  readonly firstLine: number;
  /** Flattened samples. A found signal is taken out of both. */
  readonly samples: Float32Array;
  /** The same, no sample further than LIMIT from 0: a single burst cannot make a line out of nothing. */
  readonly limited: Float32Array;
}

/** Wider than any tone with its skirts, narrower than the bends of a bandpass. Channels. */
const BANDPASS_WINDOW = 129;
/** A tone this strong in a single spectrum is seen in any case. Units of the noise. */
const LIMIT = 10;
const OUTLIER = 5;
const SEED = 1;

/** `reach`: how far a line may stray from its middle, channels. */
export function flatten(input: SubBand, reach: number): FlatBand {
  const firstLine = Math.max(input.firstChannel, input.searchFrom - GUARD_CHANNELS);
  const lines = Math.min(input.firstChannel + input.channels, input.searchTo + GUARD_CHANNELS) - firstLine;
  const width = lines + 2 * reach;
  const before = input.firstChannel - (firstLine - reach);
  const samples = new Float32Array(input.spectra * width);
  const noise = noiseOf(input);
  const random = seededRandom(SEED);
  for (let t = 0; t < input.spectra; t++) {
    const spectrum = flatSpectrum(input.samples.subarray(t * input.channels, (t + 1) * input.channels), noise);
    for (let column = 0; column < width; column++) {
      const value = spectrum[column - before] ?? Number.NaN;
      samples[t * width + column] = Number.isFinite(value) ? value : madeUpNoise(random);
    }
  }
  return { spectra: input.spectra, width, pad: reach, lines, firstLine, samples, limited: samples.map(withinLimit) };
}

/** What a channel's noise looks like: judged by its neighbours too, so that a tone in it does not count as noise. */
interface Noise {
  readonly level: Float32Array;
  /** As a standard deviation; 0 for a channel that never changes: noise always does, so nothing was received there. */
  readonly spread: Float32Array;
}

function noiseOf({ samples, spectra, channels }: SubBand): Noise {
  const level = new Float32Array(channels);
  const spread = new Float32Array(channels);
  for (let c = 0; c < channels; c++) {
    const column = new Float32Array(spectra);
    for (let t = 0; t < spectra; t++) column[t] = samples[t * channels + c] as number;
    const usual = withoutOutliers(finite(column));
    level[c] = mean(usual);
    spread[c] = standardDeviation(usual);
  }
  const live = Int32Array.from(spread.keys()).filter((c) => (spread[c] as number) > 0);
  return { level: smoothed(level, live), spread: smoothed(spread, live) };
}

/** Without bursts and passing tones. The median alone would not do: coarse samples have but a few values, and it jumps between them. */
function withoutOutliers(values: Float32Array): Float32Array {
  const { median: middle, spread } = robustScale(values);
  return between(values, middle - OUTLIER * spread, middle + OUTLIER * spread);
}

/** Among the live channels alone; 0 for the others. */
function smoothed(values: Float32Array, live: Int32Array): Float32Array {
  const medians = runningMedian(
    Float32Array.from(live, (c) => values[c] as number),
    BANDPASS_WINDOW,
  );
  const result = new Float32Array(values.length);
  for (let i = 0; i < live.length; i++) result[live[i] as number] = medians[i] as number;
  return result;
}

/** Mean 0, spread 1, near enough to Gaussian. */
const madeUpNoise = (random: () => number): number => (random() + random() + random() + random() - 2) * Math.sqrt(3);

/** Not a number where nothing was received. What all channels of a spectrum share says nothing of a tone and goes; a spectrum noisier than others counts less. */
function flatSpectrum(samples: ArrayLike<number>, { level, spread }: Noise): Float32Array {
  const spectrum = new Float32Array(samples.length);
  for (let c = 0; c < spectrum.length; c++) spectrum[c] = ((samples[c] as number) - (level[c] as number)) / (spread[c] as number);
  const heard = finite(spectrum);
  const middle = median(heard);
  for (let i = 0; i < heard.length; i++) heard[i] = withinLimit((heard[i] as number) - middle);
  const centre = middle + mean(heard);
  const scale = Math.max(1, standardDeviation(heard));
  for (let c = 0; c < spectrum.length; c++) spectrum[c] = ((spectrum[c] as number) - centre) / scale;
  return spectrum;
}

/** Without NaN and infinities: what dead channels and faulty recorders leave behind. */
const finite = (values: Float32Array): Float32Array => between(values, -Number.MAX_VALUE, Number.MAX_VALUE);

function between(values: Float32Array, least: number, most: number): Float32Array {
  const kept = new Float32Array(values.length);
  let count = 0;
  for (const value of values) if (value >= least && value <= most) kept[count++] = value;
  return kept.subarray(0, count);
}

const withinLimit = (value: number): number => Math.min(LIMIT, Math.max(-LIMIT, value));
