/** Cuts a file into the inputs of the narrowband task. */
import type { Filterbank } from './filterbank.ts';
import type { Samples } from './samples.ts';
import { caveatOf, channelHz, planSearch, type SearchOptions, type SearchPlan } from './search-plan.ts';
import type { SubBand } from './sub-band.ts';
import type { Resolution } from './tone.ts';

export interface SubBands extends AsyncIterable<SubBand> {
  readonly plan: SearchPlan;
  readonly resolution: Resolution;
  /** What this file cannot show, in one sentence for people; null when the search is a full one. */
  readonly caveat: string | null;
  /** How many there will be. */
  readonly count: number;
}

const resolutionOf = ({ header, spectra }: Filterbank): Resolution => ({
  channelHz: channelHz(header),
  observationSeconds: spectra * header.spectrumSeconds,
});

/** Samples held in memory at once, while whole sub-bands are cut from them. */
const SLAB_SAMPLES = 16 * 2 ** 20;
/** Samples of one read when spectra are averaged. */
const CHUNK_SAMPLES = 4 * 2 ** 20;

/** Throws FilterbankError when the file cannot be searched this way. Reads the file once, however many sub-bands there are. */
export function subBandsOf(filterbank: Filterbank, options: SearchOptions = {}): SubBands {
  const plan = planSearch(filterbank.header, filterbank.spectra, options);
  return {
    plan,
    resolution: resolutionOf(filterbank),
    caveat: caveatOf(filterbank.header, plan),
    count: plan.subBands,
    [Symbol.asyncIterator]: () => cut(filterbank, plan),
  };
}

/** A stretch of neighbouring channels, all spectra. */
interface Slab {
  readonly firstChannel: number;
  readonly channels: number;
  readonly samples: Samples;
}

async function* cut(filterbank: Filterbank, plan: SearchPlan): AsyncGenerator<SubBand> {
  const atOnce = Math.max(1, Math.floor((SLAB_SAMPLES / plan.spectra - 2 * plan.marginChannels) / plan.coreChannels));
  for (let first = 0; first < plan.subBands; first += atOnce) {
    const last = Math.min(plan.subBands, first + atOnce) - 1;
    const { from, to } = extent(filterbank, plan, first, last);
    const slab = { firstChannel: from, channels: to - from, samples: await averagedSamples(filterbank, plan, from, to - from) };
    for (let index = first; index <= last; index++) yield subBandFrom(slab, filterbank, plan, index);
  }
}

/** The channels that the sub-bands `first` to `last` hold, margins included, as far as the file has them. */
function extent({ header }: Filterbank, { coreChannels, marginChannels }: SearchPlan, first: number, last: number) {
  return {
    from: Math.max(0, first * coreChannels - marginChannels),
    to: Math.min(header.channels, (last + 1) * coreChannels + marginChannels),
  };
}

function subBandFrom(slab: Slab, filterbank: Filterbank, plan: SearchPlan, index: number): SubBand {
  const { header } = filterbank;
  const { from, to } = extent(filterbank, plan, index, index);
  const searchFrom = index * plan.coreChannels;
  return {
    firstChannel: from,
    channels: to - from,
    spectra: plan.spectra,
    searchFrom,
    searchTo: Math.min(header.channels, searchFrom + plan.coreChannels),
    firstChannelMHz: header.firstChannelMHz,
    channelStepMHz: header.channelStepMHz,
    spectrumSeconds: plan.spectrumSeconds,
    maxDriftHzPerSecond: plan.maxDriftHzPerSecond,
    threshold: plan.threshold,
    samples: columns(slab, plan.spectra, from - slab.firstChannel, to - from),
  };
}

function columns({ samples, channels }: Slab, spectra: number, from: number, count: number): Samples {
  const cut = samples.slice(0, spectra * count);
  for (let t = 0; t < spectra; t++) cut.set(samples.subarray(t * channels + from, t * channels + from + count), t * count);
  return cut;
}

/** The whole spectra of a stretch of channels; spectra left over from averaging (fewer than `averaged`) are dropped. */
async function averagedSamples(filterbank: Filterbank, plan: SearchPlan, firstChannel: number, channels: number): Promise<Samples> {
  const { averaged, spectra } = plan;
  if (averaged === 1) return filterbank.read({ firstChannel, channels, firstSpectrum: 0, spectra });
  const means = new Float32Array(spectra * channels);
  const perRead = Math.max(1, Math.floor(CHUNK_SAMPLES / (averaged * channels)));
  for (let t = 0; t < spectra; t += perRead) {
    const count = Math.min(perRead, spectra - t);
    const block = { firstChannel, channels, firstSpectrum: t * averaged, spectra: count * averaged };
    addMeans(means.subarray(t * channels, (t + count) * channels), await filterbank.read(block), channels, averaged);
  }
  return means;
}

function addMeans(means: Float32Array, samples: Samples, channels: number, averaged: number): void {
  for (let row = 0; row * channels < samples.length; row++) {
    const at = Math.floor(row / averaged) * channels;
    for (let c = 0; c < channels; c++) {
      means[at + c] = (means[at + c] as number) + (samples[row * channels + c] as number) / averaged;
    }
  }
}
