/** The whole search of one sub-band, from samples to tones in MHz and Hz/s. Pure: equal input, equal findings, bit for bit. */
import { shiftsUpTo } from './drift-shifts.ts';
import { flatten } from './flat-band.ts';
import { findHits, type LineHit } from './hits.ts';
import { channelHz, lineSeconds } from './search-plan.ts';
import type { Findings, Hit, SubBand } from './sub-band.ts';
import { isSameTone } from './tone.ts';

/** Room for the widest line beside its first column, and for rounding. Columns. */
const EXTRA_REACH = 10;

export function searchSubBand(input: SubBand, onProgress?: (fraction: number) => void): Findings {
  const maxShift = Math.floor((input.maxDriftHzPerSecond * lineSeconds(input)) / channelHz(input));
  const band = flatten(input, Math.ceil(maxShift / 2) + EXTRA_REACH);
  const shifts = shiftsUpTo(maxShift, input.spectra);
  const { hits, crowded } = findHits(band, { shifts, threshold: input.threshold, ...(onProgress && { onProgress }) });
  return {
    hits: oneEach(
      hits.map((hit) => toTone(hit, band.firstLine, input)),
      input,
    ),
    lines: shifts.length * band.lines,
    crowded,
  };
}

/** The line's middle column stands for its frequency at mid-observation; the tone is named by where it began. */
function toTone({ shift, line, columns, snr }: LineHit, firstLine: number, input: SubBand): Hit {
  const middleMHz = input.firstChannelMHz + (firstLine + line + (columns - 1) / 2) * input.channelStepMHz;
  const driftHzPerSecond = (shift * input.channelStepMHz * 1e6) / lineSeconds(input);
  const halfSeconds = (input.spectra * input.spectrumSeconds) / 2;
  return {
    frequencyMHz: middleMHz - driftHzPerSecond * halfSeconds * 1e-6,
    driftHzPerSecond: driftHzPerSecond + 0, // −0 is no value
    snr: Math.round(snr * 100) / 100,
    widthHz: columns * channelHz(input),
  };
}

/** Drops what is left of a tone beside a stronger hit on it. */
function oneEach(hits: readonly Hit[], input: SubBand): Hit[] {
  const resolution = { channelHz: channelHz(input), observationSeconds: input.spectra * input.spectrumSeconds };
  return hits.filter((hit, i) => !hits.slice(0, i).some((stronger) => isSameTone(stronger, hit, resolution)));
}
