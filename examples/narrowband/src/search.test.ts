import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SMALL, search, searchGenerated, smallWith, spoiledSubBand, temporaryFolder, toneIn } from '../test/observations.ts';
import { BIT_DEPTHS } from './filterbank-header.ts';
import { searchSubBand } from './search-sub-band.ts';
import { seededRandom } from './seeded-random.ts';
import { generateObservation, type InjectedTone } from './synthesis.ts';

/** Four tones a seed, well inside the band and apart from each other. */
function tonesOf(seed: number, snr: number, header = SMALL.header): InjectedTone[] {
  const random = seededRandom(seed);
  return [0, 1, 2, 3].map((i) => toneIn(header, 160 + 200 * i + 80 * random(), (2 * random() - 1) * 3.9, snr));
}

test('[NB7] of tones well above the threshold at least 95 % are found, with few false alarms', async () => {
  let [found, injected, unexplained] = [0, 0, 0];
  for (let seed = 1; seed <= 15; seed++) {
    const recall = await searchGenerated(smallWith({}, tonesOf(seed, 30)), seed);
    found += recall.found;
    injected += recall.injected;
    unexplained += recall.unexplained.length;
  }
  expect(injected).toBe(60);
  expect(found / injected).toBeGreaterThanOrEqual(0.95);
  expect(unexplained).toBe(0);
});

test.each(BIT_DEPTHS)('[NB7] tones in files of %i bits are found, channels running up or down', async (bits) => {
  for (const channelStepMHz of [SMALL.header.channelStepMHz, -SMALL.header.channelStepMHz]) {
    const { header } = smallWith({ bits, channelStepMHz });
    const recall = await searchGenerated(smallWith({ bits, channelStepMHz }, tonesOf(7, 60, header)), bits);
    expect(recall).toMatchObject({ found: 4, missed: [], unexplained: [] });
  }
});

test('[NB7] a tone is named by its frequency at the start, its drift and its strength', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'a.fil');
  const tone = toneIn(SMALL.header, 500, -2.5, 80);
  await generateObservation(path, 5, { ...SMALL, tones: [tone] });
  const [detection, ...others] = await search(path);
  expect(others).toEqual([]);
  expect(Math.abs((detection?.frequencyMHz ?? 0) - tone.frequencyMHz) * 1e6).toBeLessThan(2 * 2.8);
  expect(detection?.driftHzPerSecond).toBeCloseTo(tone.driftHzPerSecond, 1);
  expect(detection?.snr).toBeGreaterThan(30);
  expect(detection?.snr).toBeLessThan(85);
});

test('[NB8] noise alone gives no hits', async () => {
  for (let seed = 100; seed < 105; seed++) expect((await searchGenerated(SMALL, seed)).unexplained).toEqual([]);
});

test.each([50, 500, 5000])('[NB9] one tone is one detection, of strength %i too', async (snr) => {
  for (const drift of [-3.3, 0, 1.2]) {
    const observation = smallWith({ bits: 32 }, [toneIn(SMALL.header, 480, drift, snr)]);
    expect(await searchGenerated(observation, snr)).toMatchObject({ found: 1, unexplained: [] });
  }
});

test('[NB9] a drifting tone that saturates the recorder is one detection', async () => {
  expect(await searchGenerated(smallWith({}, [toneIn(SMALL.header, 480, -2, 5000)]), 3)).toMatchObject({ found: 1, unexplained: [] });
});

test('[NB9] two tones whose lines cross are two detections', async () => {
  const tones = [toneIn(SMALL.header, 470, 1.5, 90), toneIn(SMALL.header, 500, 3.1, 60)];
  expect(await searchGenerated(smallWith({}, tones), 11)).toMatchObject({ found: 2, missed: [], unexplained: [] });
});

/** Changes every sample, given its spectrum and channel. */
const everySample = (change: (value: number, t: number, channel: number) => number) => (samples: Float32Array, channels: number) => {
  for (let i = 0; i < samples.length; i++) samples[i] = change(samples[i] as number, Math.floor(i / channels), i % channels);
};
const level = 400_000;
test.each([
  ['dead channels', everySample((value, _, c) => ([200, 201, 333, 600].includes(c) ? 0 : value))],
  ['half the band dead', everySample((value, _, c) => (c < 500 ? 0 : value))],
  ['a channel stuck at a high value', everySample((value, _, c) => (c === 300 ? 1e9 : value))],
  ['a channel of NaN', everySample((value, _, c) => (c === 300 ? Number.NaN : value))],
  [
    'scattered NaN and infinities',
    everySample((value, t, c) => ((31 * t + c) % 97 === 0 ? (t % 2 === 0 ? Number.NaN : Number.POSITIVE_INFINITY) : value)),
  ],
  ['one channel, one enormous burst', everySample((value, t, c) => (c === 300 && t === 20 ? 1e30 : value))],
  ['one channel, a burst of a quarter of the time', everySample((value, t, c) => (c === 300 && t >= 10 && t < 26 ? value * 30 : value))],
  ['a burst over the whole band', everySample((value, t) => (t === 30 ? value * 50 : value))],
  ['a steep bandpass', everySample((value, _, c) => value * (0.1 + c / 300))],
  ['no data at all', everySample(() => Number.NaN)],
  ['one value everywhere', everySample(() => level)],
  ['zero-mean samples', everySample((value) => value - level)],
])('[NB10] %s make no hits', async (_, spoil) => {
  expect(searchSubBand(await spoiledSubBand(21, spoil))).toMatchObject({ hits: [], crowded: false });
});

test('[NB10] a spike that the receiver puts into one channel is one steady hit, with its skirts', async () => {
  const heights = [1, 30, 1000, 40, 2];
  const spike = everySample((value, _, c) => value + (heights[c - 498] ?? 0) * level);
  const { hits } = searchSubBand(await spoiledSubBand(22, spike));
  expect(hits).toHaveLength(1);
  expect(hits[0]?.driftHzPerSecond).toBeCloseTo(0, 1);
});

test('[NB10] a band full of tones is called crowded, and the list of hits stays short', async () => {
  const comb = everySample((value, _, c) => value + (c % 8 === 0 ? 50 * level : 0));
  const { hits, crowded } = searchSubBand(await spoiledSubBand(23, comb));
  expect(hits.length).toBeLessThanOrEqual(64);
  expect(crowded).toBe(true);
});
