/** Reads any part of a SIGPROC filterbank file (.fil) without reading the rest. */
import { type FileHandle, open } from 'node:fs/promises';
import { FilterbankError } from './filterbank-error.ts';
import { type FilterbankHeader, MAX_HEADER_BYTES, type ParsedHeader, parseFilterbankHeader } from './filterbank-header.ts';
import { type Samples, unpackSamples } from './samples.ts';

/** A rectangle of the observation: `channels` samples of one spectrum, then of the next. */
export interface Block {
  readonly firstChannel: number;
  readonly channels: number;
  readonly firstSpectrum: number;
  readonly spectra: number;
}

export interface Filterbank extends AsyncDisposable {
  readonly path: string;
  readonly header: FilterbankHeader;
  /** Whole spectra in the file. */
  readonly spectra: number;
  read(block: Block): Promise<Samples>;
}

/** Throws FilterbankError, with the path and what to do, for anything that cannot be searched. */
export async function openFilterbank(path: string): Promise<Filterbank> {
  const file = await openFile(path);
  try {
    return await filterbankIn(file, path);
  } catch (error) {
    await file.close();
    if (error instanceof FilterbankError) throw new FilterbankError(error.code, `${path} cannot be searched: ${error.message}.`, error);
    throw new FilterbankError('unreadable', `${path} cannot be read: ${(error as Error).message}. Check the path and the disk.`, error);
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw new FilterbankError(
      'unreadable',
      `${path} cannot be opened: ${(error as Error).message}. Check the path and your rights to it.`,
      error,
    );
  }
}

async function filterbankIn(file: FileHandle, path: string): Promise<Filterbank> {
  const { size } = await file.stat();
  const parsed = parseFilterbankHeader(await bytesAt(file, 0, Math.min(size, MAX_HEADER_BYTES)));
  const spectra = wholeSpectra(parsed, size);
  return {
    path,
    header: parsed.header,
    spectra,
    read: (block) => readBlock(file, parsed, block),
    [Symbol.asyncDispose]: () => file.close(),
  };
}

function wholeSpectra({ header, headerBytes, declaredSpectra }: ParsedHeader, fileBytes: number): number {
  const spectra = (fileBytes - headerBytes) / spectrumBytes(header);
  if (spectra === 0) throw new FilterbankError('no-data', 'it holds a header and no spectra; copy it again from where it came');
  const whole = Math.floor(spectra);
  const expected = declaredSpectra === null ? '' : ` of ${declaredSpectra}`;
  if (whole !== spectra) throw truncated(`it stops inside spectrum ${whole + 1}${expected}`);
  if (declaredSpectra !== null && whole < declaredSpectra) throw truncated(`it stops after ${whole} of ${declaredSpectra} spectra`);
  return whole;
}

const truncated = (what: string): FilterbankError =>
  new FilterbankError('truncated', `${what}, so a part is missing; copy it again from where it came`);

const spectrumBytes = (header: FilterbankHeader): number => (header.channels * header.bits) / 8;

async function readBlock(file: FileHandle, { header, headerBytes }: ParsedHeader, block: Block): Promise<Samples> {
  const rowBytes = spectrumBytes(header);
  const firstByte = Math.floor((block.firstChannel * header.bits) / 8);
  const endByte = Math.ceil(((block.firstChannel + block.channels) * header.bits) / 8);
  const start = headerBytes + block.firstSpectrum * rowBytes + firstByte;
  const strip = { start, rowBytes, rows: block.spectra, bytes: endByte - firstByte };
  const samples = unpackSamples(await readStrip(file, strip), header.bits, header.signed);
  return withoutPadding(samples, block, block.firstChannel - (firstByte * 8) / header.bits);
}

/** `rows` pieces of `bytes` bytes, `rowBytes` apart: one read where they touch, else one each. */
async function readStrip(
  file: FileHandle,
  strip: { start: number; rowBytes: number; rows: number; bytes: number },
): Promise<Uint8Array<ArrayBuffer>> {
  if (strip.bytes === strip.rowBytes) return bytesAt(file, strip.start, strip.rows * strip.bytes);
  const bytes = new Uint8Array(strip.rows * strip.bytes);
  for (let row = 0; row < strip.rows; row++) {
    await readInto(file, bytes.subarray(row * strip.bytes, (row + 1) * strip.bytes), strip.start + row * strip.rowBytes);
  }
  return bytes;
}

/** Packed samples are read by whole bytes; this drops the neighbours that came along. */
function withoutPadding(samples: Samples, { channels, spectra }: Block, before: number): Samples {
  const rowLength = samples.length / spectra;
  if (rowLength === channels) return samples;
  const kept = samples.slice(0, channels * spectra);
  for (let row = 0; row < spectra; row++) {
    kept.set(samples.subarray(row * rowLength + before, row * rowLength + before + channels), row * channels);
  }
  return kept;
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  await readInto(file, bytes, position);
  return bytes;
}

async function readInto(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, position + done);
    if (bytesRead === 0) throw new FilterbankError('truncated', 'it became shorter while it was read; wait until it is complete');
    done += bytesRead;
  }
}
