/**
 * The header of a SIGPROC filterbank file: keywords, each a little-endian int32 length and that many ASCII letters,
 * each followed by its value, from HEADER_START to HEADER_END. The type of a value follows from its keyword alone.
 * The samples come behind it, spectrum after spectrum.
 */
import { FilterbankError } from './filterbank-error.ts';

export const BIT_DEPTHS = [1, 2, 4, 8, 16, 32] as const;
export type BitDepth = (typeof BIT_DEPTHS)[number];

export interface FilterbankHeader {
  readonly sourceName: string;
  /** Centre of channel 0. */
  readonly firstChannelMHz: number;
  /** From one channel to the next; negative where channel 0 is the highest. */
  readonly channelStepMHz: number;
  readonly channels: number;
  /** 32 is floating point, the others are unsigned integers. Samples below 8 bits are packed, lowest bits first. */
  readonly bits: BitDepth;
  /** 8-bit samples are two's complement. */
  readonly signed: boolean;
  readonly spectrumSeconds: number;
  /** Modified Julian date of the first spectrum. */
  readonly startMjd: number;
}

export interface ParsedHeader {
  readonly header: FilterbankHeader;
  /** Where the samples begin. */
  readonly headerBytes: number;
  /** As the header says; null where it does not, and the length of the file decides. */
  readonly declaredSpectra: number | null;
}

/** A real header has a few hundred bytes. */
export const MAX_HEADER_BYTES = 64 * 1024;
const MAX_KEYWORD_BYTES = 80;
const MAX_STRING_BYTES = 4096;

const INTEGERS = new Set(
  'machine_id telescope_id data_type barycentric pulsarcentric nbits nsamples nchans nifs nbeams ibeam nbins npuls'.split(' '),
);
const DOUBLES = new Set('az_start za_start src_raj src_dej tstart tsamp fch1 foff refdm period'.split(' '));
const STRINGS = new Set(['source_name', 'rawdatafile']);

type Fields = Map<string, number | string>;

/** Reads the header from the first bytes of a file (MAX_HEADER_BYTES are enough). Throws FilterbankError without the file's name. */
export function parseFilterbankHeader(bytes: Uint8Array): ParsedHeader {
  const cursor = new HeaderCursor(bytes);
  assertMagic(bytes, cursor);
  const fields: Fields = new Map();
  for (let keyword = cursor.keyword(); keyword !== 'HEADER_END'; keyword = cursor.keyword())
    fields.set(keyword, readValue(keyword, cursor));
  const declared = numberIn(fields, 'nsamples', 0);
  return { header: checkedHeader(fields), headerBytes: cursor.position, declaredSpectra: declared > 0 ? declared : null };
}

function assertMagic(bytes: Uint8Array, cursor: HeaderCursor): void {
  if (bytes.length === 0) throw new FilterbankError('no-data', 'the file is empty; copy it again from where it came');
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 16));
  if (start.slice(1, 4) === 'HDF') {
    throw new FilterbankError('not-a-filterbank', 'this is an HDF5 file; turn it into a .fil first, e.g. with blimpy: h52fil FILE.h5');
  }
  if (start.slice(4) !== 'HEADER_START') {
    throw new FilterbankError('not-a-filterbank', 'it does not begin with HEADER_START, so it is no SIGPROC filterbank; give a .fil file');
  }
  cursor.keyword();
}

function readValue(keyword: string, cursor: HeaderCursor): number | string {
  if (INTEGERS.has(keyword)) return cursor.int32();
  if (DOUBLES.has(keyword)) return cursor.float64();
  if (STRINGS.has(keyword)) return cursor.text(MAX_STRING_BYTES, `the value of ${keyword}`);
  if (keyword === 'signed') return cursor.uint8();
  if (keyword === 'FREQUENCY_START') {
    throw new FilterbankError(
      'unsupported',
      'its channels stand at irregular frequencies (FREQUENCY_START); only evenly spaced ones can be searched',
    );
  }
  throw malformed(`unknown keyword ${JSON.stringify(keyword)} at byte ${cursor.position}`);
}

function checkedHeader(fields: Fields): FilterbankHeader {
  const header = {
    sourceName: String(fields.get('source_name') ?? 'unnamed'),
    firstChannelMHz: numberIn(fields, 'fch1'),
    channelStepMHz: numberIn(fields, 'foff'),
    channels: numberIn(fields, 'nchans'),
    bits: numberIn(fields, 'nbits') as BitDepth,
    signed: numberIn(fields, 'signed', 0) === 1,
    spectrumSeconds: numberIn(fields, 'tsamp'),
    startMjd: numberIn(fields, 'tstart', 0),
  };
  assertSense(header, numberIn(fields, 'nifs', 1));
  return header;
}

function assertSense(header: FilterbankHeader, polarisations: number): void {
  const { channels, bits, spectrumSeconds, channelStepMHz, firstChannelMHz } = header;
  if (channels < 1 || channels > 2 ** 30) throw malformed(`nchans is ${channels}, expected 1 to ${2 ** 30} channels`);
  if (!BIT_DEPTHS.includes(bits)) throw malformed(`nbits is ${bits}, expected one of ${BIT_DEPTHS.join(', ')}`);
  if (!(spectrumSeconds > 0 && spectrumSeconds < 1e6)) throw malformed(`tsamp is ${spectrumSeconds} s, expected a time above 0`);
  if (!Number.isFinite(firstChannelMHz)) throw malformed(`fch1 is ${firstChannelMHz} MHz`);
  if (!(Math.abs(channelStepMHz) > 0 && Math.abs(channelStepMHz) < 1e6)) throw malformed(`foff is ${channelStepMHz} MHz`);
  if ((channels * bits) % 8 !== 0) throw malformed(`${channels} channels of ${bits} bits do not fill whole bytes`);
  if (polarisations !== 1) {
    throw new FilterbankError(
      'unsupported',
      `it holds ${polarisations} polarisations (nifs); add them up to one total-intensity file first`,
    );
  }
}

function numberIn(fields: Fields, keyword: string, otherwise?: number): number {
  const value = fields.get(keyword) ?? otherwise;
  if (typeof value !== 'number') throw malformed(`it has no ${keyword}`);
  return value;
}

const malformed = (problem: string): FilterbankError =>
  new FilterbankError(
    'malformed-header',
    `its header makes no sense: ${problem}; the file is damaged or was written by a faulty program, get it again`,
  );

class HeaderCursor {
  position = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  keyword(): string {
    return this.text(MAX_KEYWORD_BYTES, 'a keyword');
  }
  int32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }
  float64(): number {
    return this.#view.getFloat64(this.#advance(8), true);
  }
  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }
  text(limitBytes: number, what: string): string {
    const length = this.int32();
    if (length < 1 || length > limitBytes) throw malformed(`${what} at byte ${this.position} claims ${length} bytes`);
    const start = this.#advance(length);
    return new TextDecoder('latin1').decode(this.#bytes.subarray(start, start + length));
  }

  #advance(length: number): number {
    const start = this.position;
    if (start + length > this.#bytes.length) throw this.#ended();
    this.position += length;
    return start;
  }
  #ended(): FilterbankError {
    if (this.#bytes.length >= MAX_HEADER_BYTES) return malformed(`no HEADER_END within ${MAX_HEADER_BYTES} bytes`);
    return new FilterbankError(
      'truncated',
      `it ends inside its header, after ${this.#bytes.length} bytes; copy it again from where it came`,
    );
  }
}
