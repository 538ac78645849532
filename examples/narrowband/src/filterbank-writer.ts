/** Writes a SIGPROC filterbank file, spectrum by spectrum, so that it may be larger than memory. */
import { type FileHandle, open } from 'node:fs/promises';
import type { FilterbankHeader } from './filterbank-header.ts';
import { packSamples } from './samples.ts';

export interface FilterbankWriter extends AsyncDisposable {
  /** Whole spectra, one after the other. Integer depths saturate. */
  append(spectra: Float32Array): Promise<void>;
}

/** Creates or overwrites the file. */
export async function openFilterbankWriter(path: string, header: FilterbankHeader): Promise<FilterbankWriter> {
  const file: FileHandle = await open(path, 'w');
  await file.appendFile(headerBytes(header));
  return {
    append: async (spectra) => {
      if (spectra.length % header.channels !== 0)
        throw new RangeError(`${spectra.length} samples are no whole spectra of ${header.channels}`);
      await file.appendFile(packSamples(spectra, header.bits));
    },
    [Symbol.asyncDispose]: () => file.close(),
  };
}

function headerBytes(header: FilterbankHeader): Buffer {
  return Buffer.concat([
    text('HEADER_START'),
    ...[text('source_name'), text(header.sourceName)],
    ...[text('machine_id'), int32(0), text('telescope_id'), int32(0), text('data_type'), int32(1)],
    ...[text('fch1'), float64(header.firstChannelMHz), text('foff'), float64(header.channelStepMHz)],
    ...[text('nchans'), int32(header.channels), text('nbits'), int32(header.bits), text('nifs'), int32(1)],
    ...[text('tstart'), float64(header.startMjd), text('tsamp'), float64(header.spectrumSeconds)],
    text('HEADER_END'),
  ]);
}

const text = (letters: string): Buffer => Buffer.concat([int32(letters.length), Buffer.from(letters, 'latin1')]);

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function float64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}
