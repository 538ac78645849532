/** Observations of which the truth is known: receiver noise as a spectrometer makes it, and tones put into it. */
import type { BitDepth, FilterbankHeader } from './filterbank-header.ts';
import { openFilterbankWriter } from './filterbank-writer.ts';
import { channelHz } from './search-plan.ts';
import { seededRandom } from './seeded-random.ts';
import type { Resolution, Tone } from './tone.ts';

export interface InjectedTone extends Tone {
  /** Its power over the whole observation, in units of the scatter of one channel's noise summed as long. A search sees about two thirds of it: power falls between channels. */
  readonly snr: number;
}

export interface Truth {
  readonly tones: readonly InjectedTone[];
  readonly resolution: Resolution;
}

export interface Observation {
  readonly header: FilterbankHeader;
  readonly spectra: number;
  readonly tones: readonly InjectedTone[];
}

/** Like a Breakthrough Listen product around the hydrogen line: 2.8 Hz channels, 1.4 s spectra (4 power values averaged), five minutes. */
export const DEFAULT_HEADER: FilterbankHeader = {
  sourceName: 'SYNTHETIC',
  firstChannelMHz: 1420.6,
  channelStepMHz: -2.7939677238464355e-6,
  channels: 2 ** 16,
  bits: 8,
  signed: false,
  spectrumSeconds: 1.4316557653333333,
  startMjd: 60000,
};
const DEFAULT_SPECTRA = 192;
const DEFAULT_TONES = 12;
/** From drowned in every single spectrum to plain in the picture. */
const SNR_RANGE = { from: 24, to: 240 };
const MAX_DRIFT_HZ_PER_SECOND = 3.9;

/** Mean and scatter of the noise, in the file's numbers: as recorders set their gain before they cut to so many bits. */
const NOISE: Record<BitDepth, { level: number; spread: number }> = {
  1: { level: 0.5, spread: 1 },
  2: { level: 1.5, spread: 1 },
  4: { level: 5, spread: 2.5 },
  8: { level: 32, spread: 16 },
  16: { level: 2000, spread: 1000 },
  32: { level: 400_000, spread: 200_000 },
};

/** The observation that `generateObservation` writes by default; `seed` decides noise and tones. */
export function defaultObservation(seed: number): Observation {
  return { header: DEFAULT_HEADER, spectra: DEFAULT_SPECTRA, tones: scatteredTones(DEFAULT_HEADER, DEFAULT_TONES, seed) };
}

/** Tones evenly spread over the band, of all strengths and drifts, one without drift. */
export function scatteredTones(header: FilterbankHeader, count: number, seed: number): InjectedTone[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, i) => ({
    frequencyMHz: header.firstChannelMHz + header.channelStepMHz * header.channels * (0.05 + (0.9 * (i + random())) / count),
    driftHzPerSecond: i === count >> 1 ? 0 : (2 * random() - 1) * MAX_DRIFT_HZ_PER_SECOND,
    snr: SNR_RANGE.from * (SNR_RANGE.to / SNR_RANGE.from) ** (((i * 7) % count) / (count - 1)),
  }));
}

/** Writes a filterbank file and returns what is in it. Equal seeds make equal files. */
export async function generateObservation(path: string, seed: number, observation: Observation = defaultObservation(seed)): Promise<Truth> {
  const { header, spectra, tones } = observation;
  const random = seededRandom(seed ^ 0x5eed);
  const gain = bandpass(header);
  await using writer = await openFilterbankWriter(path, header);
  for (let t = 0; t < spectra; t++) {
    const spectrum = noise(header.channels, random);
    for (const tone of tones) addTone(spectrum, tone, t, observation);
    await writer.append(inFileUnits(spectrum, header, gain));
  }
  return { tones, resolution: { channelHz: channelHz(header), observationSeconds: spectra * header.spectrumSeconds } };
}

/** The average of four power values of white noise, in units of its scatter, mean 0: what a receiver gives, with its long upper tail. */
function noise(channels: number, random: () => number): Float32Array {
  const spectrum = new Float32Array(channels);
  for (let c = 0; c < channels; c++) {
    spectrum[c] = -Math.log((1 - random()) * (1 - random()) * (1 - random()) * (1 - random())) / 2 - 2;
  }
  return spectrum;
}

/** Adds one spectrum's share of a tone to samples in units of the noise, spread over the channels it passes meanwhile. */
export function addTone(
  spectrum: Float32Array,
  tone: InjectedTone,
  t: number,
  { header, spectra }: Pick<Observation, 'header' | 'spectra'>,
): void {
  const startChannel = (tone.frequencyMHz - header.firstChannelMHz) / header.channelStepMHz;
  const channelsPerSpectrum = (tone.driftHzPerSecond * header.spectrumSeconds) / (header.channelStepMHz * 1e6);
  const steps = 2 + 4 * Math.ceil(Math.abs(channelsPerSpectrum));
  const power = tone.snr / Math.sqrt(spectra) / steps;
  for (let i = 0; i < steps; i++) {
    const position = startChannel + channelsPerSpectrum * (t + (i + 0.5) / steps);
    const channel = Math.floor(position);
    add(spectrum, channel, power * (channel + 1 - position));
    add(spectrum, channel + 1, power * (position - channel));
  }
}

function add(spectrum: Float32Array, channel: number, power: number): void {
  const before = spectrum[channel];
  if (before !== undefined) spectrum[channel] = before + power;
}

/** A receiver hears its band's middle best, with a slight ripple; recorders of few bits level that out first. */
function bandpass({ channels, bits }: FilterbankHeader): Float32Array {
  const gainAt = (x: number): number => 1 - 0.5 * x ** 8 + 0.04 * Math.sin(11 * x);
  return Float32Array.from({ length: channels }, (_, c) => (bits < 8 ? 1 : gainAt((2 * c) / channels - 1)));
}

function inFileUnits(spectrum: Float32Array, { bits }: FilterbankHeader, gain: Float32Array): Float32Array {
  const { level, spread } = NOISE[bits];
  return spectrum.map((value, c) => (level + spread * value) * (gain[c] as number));
}
