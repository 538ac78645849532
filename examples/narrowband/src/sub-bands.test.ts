import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SMALL, smallWith, temporaryFolder, writeSpectra } from '../test/observations.ts';
import { openFilterbank } from './filterbank.ts';
import { planSearch } from './search-plan.ts';
import type { SubBand } from './sub-band.ts';
import { subBandsOf } from './sub-bands.ts';
import { DEFAULT_HEADER, defaultObservation } from './synthesis.ts';

/** Sample (t, c) is 1000 t + c. */
const numbered = (spectra: number, channels: number) =>
  Array.from({ length: spectra }, (_, t) => Float32Array.from({ length: channels }, (_, c) => 1000 * t + c));

async function subBandsIn(spectra: number, channels: number) {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'a.fil');
  const header = smallWith({ channels, bits: 32 }).header;
  await writeSpectra(path, header, numbered(spectra, channels));
  await using filterbank = await openFilterbank(path);
  const cut = subBandsOf(filterbank);
  const inputs: SubBand[] = [];
  for await (const input of cut) inputs.push(input);
  return { ...cut, inputs };
}

test('[NB3] the searched channels of all sub-bands are the channels of the file, each once, and the count is told beforehand', async () => {
  const { inputs, count } = await subBandsIn(16, 1000);
  expect(inputs).toHaveLength(count);
  expect(inputs.map((input) => input.searchFrom)).toEqual([0, ...inputs.slice(0, -1).map((input) => input.searchTo)]);
  expect(inputs.at(-1)?.searchTo).toBe(1000);
});

test('[NB3] a sub-band holds the samples of its channels and of as many beside them as the fastest tone crosses half-way', async () => {
  const { inputs, plan } = await subBandsIn(16, 1000);
  const halfDrift = (4 * 15 * DEFAULT_HEADER.spectrumSeconds) / 2 / 2.7939677238464355;
  expect(plan.marginChannels).toBeGreaterThanOrEqual(halfDrift);
  for (const { firstChannel, channels, spectra, searchFrom, searchTo, samples } of inputs) {
    expect(firstChannel).toBe(Math.max(0, searchFrom - plan.marginChannels));
    expect(firstChannel + channels).toBe(Math.min(1000, searchTo + plan.marginChannels));
    expect(samples).toHaveLength(spectra * channels);
    for (const t of [0, 7, 15]) for (const c of [0, channels - 1]) expect(samples[t * channels + c]).toBe(1000 * t + firstChannel + c);
  }
});

test('[NB4] spectra beyond 512 are averaged, and what is left over is dropped', async () => {
  const { inputs, plan } = await subBandsIn(1100, 40);
  expect(plan).toMatchObject({ averaged: 3, spectra: 366, spectrumSeconds: 3 * SMALL.header.spectrumSeconds });
  expect(inputs).toHaveLength(1);
  expect([...(inputs[0]?.samples.subarray(0, 2) ?? [])]).toEqual([1000, 1001]);
  expect(inputs[0]?.samples[365 * 40 + 5]).toBeCloseTo(1000 * 1096 + 5, -1);
});

test('[NB4] every file makes a sensible number of units of bounded size', () => {
  const channels = fc.integer({ min: 1, max: 2 ** 26 });
  const spectra = fc.integer({ min: 4, max: 1e6 });
  const foff = fc.double({ min: 1e-7, max: 10, noNaN: true });
  const seconds = fc.double({ min: 1e-5, max: 20, noNaN: true });
  fc.assert(
    fc.property(channels, spectra, foff, seconds, (channels, spectra, channelStepMHz, spectrumSeconds) => {
      const header = { ...DEFAULT_HEADER, channels, channelStepMHz, spectrumSeconds };
      fc.pre(4 * spectra * spectrumSeconds < 10_000 * channelStepMHz * 1e6);
      const plan = planSearch(header, spectra);
      const unitSamples = (plan.coreChannels + 2 * plan.marginChannels) * plan.spectra;
      expect(unitSamples).toBeLessThanOrEqual(8 * 2 ** 20 + 2 * 24 * 512);
      expect(plan.spectra).toBeLessThanOrEqual(512);
      expect(plan.subBands).toBe(Math.ceil(channels / plan.coreChannels));
      if (plan.subBands > 8) expect(plan.coreChannels).toBeGreaterThanOrEqual(64);
      if (channels >= 1024) expect(plan.subBands).toBeGreaterThanOrEqual(7);
    }),
  );
});

test('[NB4] the default observation makes 200 to 400 units', () => {
  const { header, spectra } = defaultObservation(1);
  expect(planSearch(header, spectra).subBands).toBeGreaterThanOrEqual(200);
  expect(planSearch(header, spectra).subBands).toBeLessThanOrEqual(400);
});

test('[NB2] a search that no unit could hold, and one without time, are refused in words', () => {
  const fine = { ...DEFAULT_HEADER, channels: 2 ** 24, channelStepMHz: 1e-8 };
  expect(() => planSearch(fine, 512)).toThrow(/smaller drift rate/);
  expect(() => planSearch(DEFAULT_HEADER, 3)).toThrow(/at least 4/);
  expect(() => planSearch(DEFAULT_HEADER, 256, { threshold: 0 })).toThrow(RangeError);
});

test('[NB4] channels too wide to show any drift are named to the user', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'a.fil');
  await writeSpectra(path, smallWith({ channels: 64, channelStepMHz: -1.09 }).header, numbered(16, 64));
  await using filterbank = await openFilterbank(path);
  expect(subBandsOf(filterbank).caveat).toMatch(/less than one of its channels/);
  expect((await subBandsIn(16, 40)).caveat).toBeNull();
});
