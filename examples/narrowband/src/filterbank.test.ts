import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SMALL, temporaryFolder, writeSpectra } from '../test/observations.ts';
import { openFilterbank } from './filterbank.ts';
import { FilterbankError } from './filterbank-error.ts';
import { BIT_DEPTHS, type BitDepth, type FilterbankHeader } from './filterbank-header.ts';
import { seededRandom } from './seeded-random.ts';

const CHANNELS = 24;
const SPECTRA = 7;
const headerOf = (bits: BitDepth): FilterbankHeader => ({ ...SMALL.header, channels: CHANNELS, bits });

function randomSpectra(bits: BitDepth): Float32Array[] {
  const random = seededRandom(bits);
  const value = () => (bits === 32 ? Math.fround(random() * 1e6 - 5e5) : Math.floor(random() * 2 ** bits));
  return Array.from({ length: SPECTRA }, () => Float32Array.from({ length: CHANNELS }, value));
}

test.each(BIT_DEPTHS)('[NB1] a file of %i bits is read as it was written, whole and in part', async (bits) => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'a.fil');
  const written = randomSpectra(bits);
  await writeSpectra(path, headerOf(bits), written);
  await using filterbank = await openFilterbank(path);
  expect(filterbank.header).toEqual(headerOf(bits));
  expect(filterbank.spectra).toBe(SPECTRA);
  const whole = await filterbank.read({ firstChannel: 0, channels: CHANNELS, firstSpectrum: 0, spectra: SPECTRA });
  expect([...whole]).toEqual(written.flatMap((spectrum) => [...spectrum]));
  for (const [firstChannel, channels] of [
    [0, 1],
    [3, 5],
    [7, 17],
    [23, 1],
  ] as const) {
    const part = await filterbank.read({ firstChannel, channels, firstSpectrum: 2, spectra: 3 });
    expect([...part]).toEqual(written.slice(2, 5).flatMap((spectrum) => [...spectrum.subarray(firstChannel, firstChannel + channels)]));
  }
});

test('[NB1] signed 8-bit samples are read with their sign', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'a.fil');
  await writeFile(path, Buffer.concat([headerBytes({ nchans: 4, nbits: 8, signed: true }), Buffer.from([0x00, 0x7f, 0x80, 0xff])]));
  await using filterbank = await openFilterbank(path);
  expect([...(await filterbank.read({ firstChannel: 0, channels: 4, firstSpectrum: 0, spectra: 1 }))]).toEqual([0, 127, -128, -1]);
});

/** A header by hand, so that it may be wrong. */
function headerBytes(fields: Record<string, number | string | boolean>, end = true): Buffer {
  const text = (letters: string) => Buffer.concat([int32(letters.length), Buffer.from(letters)]);
  const int32 = (value: number) => Buffer.from(Int32Array.of(value).buffer);
  const value = (key: string, of: number | string | boolean) => {
    if (typeof of === 'string') return text(of);
    if (typeof of === 'boolean') return Buffer.from([Number(of)]);
    return ['fch1', 'foff', 'tsamp'].includes(key) ? Buffer.from(Float64Array.of(of).buffer) : int32(of);
  };
  const all = { nchans: 8, nbits: 8, nifs: 1, fch1: 1420, foff: -0.001, tsamp: 1, ...fields };
  const parts = Object.entries(all).flatMap(([key, of]) => [text(key), value(key, of)]);
  return Buffer.concat([text('HEADER_START'), ...parts, ...(end ? [text('HEADER_END')] : [])]);
}

const data = (bytes: number) => Buffer.alloc(bytes);
test.each<[string, FilterbankError['code'], RegExp, Buffer]>([
  ['an empty file', 'no-data', /empty/, data(0)],
  ['another kind of file', 'not-a-filterbank', /HEADER_START/, Buffer.from('%PDF-1.7 and so on and so on')],
  ['HDF5', 'not-a-filterbank', /h52fil/, Buffer.from('\x89HDF\r\n\x1a\n0123456789', 'latin1')],
  ['a few bytes', 'not-a-filterbank', /HEADER_START/, Buffer.from([12, 0, 0])],
  ['a header without end', 'truncated', /inside its header/, headerBytes({}, false)],
  [
    'a header of endless keywords',
    'malformed-header',
    /no HEADER_END/,
    Buffer.concat([headerBytes({}, false), ...Array(5000).fill(headerBytes({}, false).subarray(16))]),
  ],
  ['an unknown keyword', 'malformed-header', /"nonsense"/, headerBytes({ nonsense: 1 })],
  [
    'a keyword of 2 GB',
    'malformed-header',
    /claims/,
    Buffer.concat([headerBytes({}, false), Buffer.from(Int32Array.of(2 ** 31 - 1).buffer)]),
  ],
  ['no channels', 'malformed-header', /nchans is 0/, headerBytes({ nchans: 0 })],
  ['a negative number of channels', 'malformed-header', /nchans is -8/, headerBytes({ nchans: -8 })],
  ['a depth of 7 bits', 'malformed-header', /nbits is 7/, headerBytes({ nbits: 7 })],
  ['no time', 'malformed-header', /tsamp is 0/, headerBytes({ tsamp: 0 })],
  ['NaN seconds', 'malformed-header', /tsamp is NaN/, headerBytes({ tsamp: Number.NaN })],
  ['channels without width', 'malformed-header', /foff is 0/, headerBytes({ foff: 0 })],
  ['a frequency of infinity', 'malformed-header', /fch1/, headerBytes({ fch1: Number.POSITIVE_INFINITY })],
  ['spectra of half a byte', 'malformed-header', /whole bytes/, headerBytes({ nchans: 3, nbits: 4 })],
  ['four polarisations', 'unsupported', /polarisations/, headerBytes({ nifs: 4 })],
  ['no spectra', 'no-data', /no spectra/, headerBytes({})],
  ['half a spectrum', 'truncated', /inside spectrum 1;?/, Buffer.concat([headerBytes({}), data(4)])],
  ['a spectrum and a half', 'truncated', /inside spectrum 2/, Buffer.concat([headerBytes({}), data(12)])],
  ['fewer spectra than it says', 'truncated', /2 of 9 spectra/, Buffer.concat([headerBytes({ nsamples: 9 }), data(16)])],
])('[NB2] %s is refused: %s', async (_, code, problem, bytes) => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'bad.fil');
  await writeFile(path, bytes);
  const error = await openFilterbank(path).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(FilterbankError);
  expect(error).toMatchObject({ code, message: expect.stringMatching(problem) });
  expect((error as Error).message).toContain(path);
});

test('[NB2] a path that is not there, and a folder, are refused with their path', async () => {
  await using folder = await temporaryFolder();
  for (const path of [join(folder.path, 'nowhere.fil'), folder.path]) {
    await expect(openFilterbank(path)).rejects.toMatchObject({ code: 'unreadable', message: expect.stringContaining(path) });
  }
});

test('[NB2] a file that shrinks while it is read is refused', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'a.fil');
  await writeFile(path, Buffer.concat([headerBytes({}), data(80)]));
  await using filterbank = await openFilterbank(path);
  await truncate(path, headerBytes({}).length + 70);
  await expect(filterbank.read({ firstChannel: 0, channels: 8, firstSpectrum: 0, spectra: 10 })).rejects.toMatchObject({
    code: 'truncated',
  });
});
