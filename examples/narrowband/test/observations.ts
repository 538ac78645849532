/** What the tests share: small observations, written and searched in a folder of their own. */
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Detection, detectionsOf } from '../src/detections.ts';
import { openFilterbank } from '../src/filterbank.ts';
import type { FilterbankHeader } from '../src/filterbank-header.ts';
import { openFilterbankWriter } from '../src/filterbank-writer.ts';
import { type Recall, recallOf } from '../src/recall.ts';
import { searchSubBand } from '../src/search-sub-band.ts';
import type { SubBand } from '../src/sub-band.ts';
import { subBandsOf } from '../src/sub-bands.ts';
import { DEFAULT_HEADER, generateObservation, type InjectedTone, type Observation, type Truth } from '../src/synthesis.ts';

export const temporaryFolder = () => mkdtempDisposable(join(tmpdir(), 'narrowband-'));

/** 1024 channels and 64 spectra: a tone of 4 Hz/s crosses 129 channels. */
export const SMALL: Observation = { header: { ...DEFAULT_HEADER, channels: 1024 }, spectra: 64, tones: [] };

export const smallWith = (header: Partial<FilterbankHeader>, tones: readonly InjectedTone[] = []): Observation => ({
  ...SMALL,
  header: { ...SMALL.header, ...header },
  tones,
});

/** A tone that begins in `channel`. */
export const toneIn = (header: FilterbankHeader, channel: number, driftHzPerSecond: number, snr: number): InjectedTone => ({
  frequencyMHz: header.firstChannelMHz + channel * header.channelStepMHz,
  driftHzPerSecond,
  snr,
});

/** Writes spectra of numbers as they are. */
export async function writeSpectra(path: string, header: FilterbankHeader, spectra: readonly Float32Array[]): Promise<void> {
  await using writer = await openFilterbankWriter(path, header);
  for (const spectrum of spectra) await writer.append(spectrum);
}

export async function search(path: string): Promise<Detection[]> {
  await using filterbank = await openFilterbank(path);
  const subBands = subBandsOf(filterbank);
  const results = [];
  for await (const subBand of subBands) results.push({ output: searchSubBand(subBand), verifiedBy: ['ada', 'bob'] });
  return detectionsOf(results, subBands.resolution);
}

export async function searchGenerated(observation: Observation, seed: number): Promise<Recall<Detection>> {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'generated.fil');
  const truth: Truth = await generateObservation(path, seed, observation);
  return recallOf(await search(path), truth);
}

/** The one sub-band of a generated observation whose channels all fit one unit, changed by `spoil`. */
export async function spoiledSubBand(seed: number, spoil: (samples: Float32Array, channels: number) => void): Promise<SubBand> {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'generated.fil');
  await generateObservation(path, seed, smallWith({ bits: 32 }));
  await using filterbank = await openFilterbank(path);
  const { header, spectra } = filterbank;
  const samples = Float32Array.from(await filterbank.read({ firstChannel: 0, channels: header.channels, firstSpectrum: 0, spectra }));
  spoil(samples, header.channels);
  return {
    ...{ firstChannel: 0, channels: header.channels, spectra, searchFrom: 100, searchTo: 924 },
    ...{ firstChannelMHz: header.firstChannelMHz, channelStepMHz: header.channelStepMHz, spectrumSeconds: header.spectrumSeconds },
    ...{ maxDriftHzPerSecond: 4, threshold: 10, samples },
  };
}
