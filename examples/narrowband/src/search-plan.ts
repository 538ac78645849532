/**
 * How a file is cut into sub-bands. A tone that drifts by up to `reach` channels must lie whole inside the sub-band that
 * searches it, so sub-bands overlap by that much. A plan depends on the header and the options alone.
 */

import { shiftsUpTo } from './drift-shifts.ts';
import { FilterbankError } from './filterbank-error.ts';
import type { FilterbankHeader } from './filterbank-header.ts';

export interface SearchOptions {
  /** Both signs are searched up to this rate. Default 4 Hz/s: what the turning Earth and common orbits do to a signal at a few GHz. */
  readonly maxDriftHzPerSecond?: number;
  /** The least signal-to-noise ratio of a hit. Default 10. */
  readonly threshold?: number;
}

export interface SearchPlan {
  readonly maxDriftHzPerSecond: number;
  readonly threshold: number;
  /** How many neighbouring spectra are averaged into one before the search. */
  readonly averaged: number;
  /** Spectra after averaging, and how long each of them lasts. */
  readonly spectra: number;
  readonly spectrumSeconds: number;
  /** Channels each sub-band searches for itself, and channels it holds on either side of them. */
  readonly coreChannels: number;
  readonly marginChannels: number;
  readonly subBands: number;
}

/** Longer observations are averaged down to this: the cost grows with spectra and with drift steps, hence with their square. */
const MAX_SPECTRA = 512;
/** Fewer cannot tell a tone from a burst. */
const MIN_SPECTRA = 4;
/** Additions in one unit, 100 to 200 ms in the sandbox: large against the cost of handing it out, small against anyone's patience. */
const UNIT_ADDITIONS = 6e7;
/** Per line, finding the row's median and spread costs about as much as this many additions. */
const STATISTICS_ADDITIONS = 80;
/** Even a tiny file is shared out, as far as a sub-band of MIN_CORE channels is worth sending. */
const MIN_SUB_BANDS = 8;
const MIN_CORE = 128;
/** Searched beyond the core, so that a tone just outside is recognised there and does not throw its shadow inside. */
export const GUARD_CHANNELS = 24;
/** What one unit may hold, to stay within the task's memory. */
const MAX_UNIT_SAMPLES = 8 * 2 ** 20;

/** Throws FilterbankError when the file or the options make no search. */
export function planSearch(header: FilterbankHeader, fileSpectra: number, options: SearchOptions = {}): SearchPlan {
  const { maxDriftHzPerSecond = 4, threshold = 10 } = options;
  if (!(maxDriftHzPerSecond >= 0 && threshold > 0))
    throw new RangeError('the drift limit must not be negative, the threshold must be above 0');
  if (fileSpectra < MIN_SPECTRA) {
    throw new FilterbankError('no-data', `It holds ${fileSpectra} spectra; at least ${MIN_SPECTRA} are needed to see a tone drift.`);
  }
  const averaged = Math.ceil(fileSpectra / MAX_SPECTRA);
  const time = { spectra: Math.floor(fileSpectra / averaged), spectrumSeconds: header.spectrumSeconds * averaged };
  const maxShift = Math.min(header.channels - 1, Math.floor((maxDriftHzPerSecond * lineSeconds(time)) / channelHz(header)));
  const marginChannels = Math.ceil(maxShift / 2) + GUARD_CHANNELS;
  const subBands = subBandCount(header.channels, marginChannels, time.spectra, maxShift);
  const coreChannels = Math.ceil(header.channels / subBands);
  return {
    maxDriftHzPerSecond,
    threshold,
    averaged,
    ...time,
    coreChannels,
    marginChannels,
    subBands: Math.ceil(header.channels / coreChannels),
  };
}

function subBandCount(channels: number, marginChannels: number, spectra: number, maxShift: number): number {
  const affordable = Math.floor(MAX_UNIT_SAMPLES / spectra) - 2 * marginChannels;
  if (affordable < MIN_CORE && affordable < channels) {
    throw new FilterbankError(
      'search-too-wide',
      `A tone could drift by ${maxShift} channels in this file, too many for one unit; search a smaller drift rate.`,
    );
  }
  const additionsPerChannel = shiftsUpTo(maxShift, spectra).length * (spectra + STATISTICS_ADDITIONS);
  const shared = Math.min(UNIT_ADDITIONS / additionsPerChannel, channels / MIN_SUB_BANDS);
  return Math.ceil(channels / Math.min(affordable, Math.max(MIN_CORE, Math.floor(shared))));
}

/** What such a file cannot show, in one sentence for people; null when the search is a full one. */
export function caveatOf(header: FilterbankHeader, plan: SearchPlan): string | null {
  const wanderHz = plan.maxDriftHzPerSecond * lineSeconds(plan);
  if (wanderHz >= channelHz(header)) return null;
  return (
    `A tone drifting by ${plan.maxDriftHzPerSecond} Hz/s moves ${Number(wanderHz.toPrecision(3))} Hz during this observation, ` +
    `less than one of its channels (${Number(channelHz(header).toPrecision(3))} Hz): only steady, strong tones would show, and not how they drift.`
  );
}

/** From the middle of the first spectrum to the middle of the last. */
export const lineSeconds = ({ spectra, spectrumSeconds }: { spectra: number; spectrumSeconds: number }): number =>
  (spectra - 1) * spectrumSeconds;

export const channelHz = ({ channelStepMHz }: { channelStepMHz: number }): number => Math.abs(channelStepMHz) * 1e6;
