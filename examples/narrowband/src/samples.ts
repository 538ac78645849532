/** Samples as they stand in the file (bytes) and as numbers in a typed array of the least width that holds them. */
import type { BitDepth } from './filterbank-header.ts';

export type Samples = Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Float32Array<ArrayBuffer>;

/** Bytes of a file to numbers: Uint8Array up to 8 bits, Uint16Array for 16, Float32Array for 32 and for signed samples. May share memory with `bytes`. */
export function unpackSamples(bytes: Uint8Array<ArrayBuffer>, bits: BitDepth, signed: boolean): Samples {
  if (bits < 8) return unpackBits(bytes, bits);
  if (bits === 8) return signed ? Float32Array.from(new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length)) : bytes;
  const Numbers = bits === 16 ? Uint16Array : Float32Array;
  return new Numbers(bytes.buffer, bytes.byteOffset, bytes.length / Numbers.BYTES_PER_ELEMENT);
}

function unpackBits(bytes: Uint8Array, bits: number): Uint8Array<ArrayBuffer> {
  const perByte = 8 / bits;
  const mask = (1 << bits) - 1;
  const samples = new Uint8Array(bytes.length * perByte);
  for (let i = 0; i < samples.length; i++) samples[i] = ((bytes[Math.floor(i / perByte)] as number) >> (bits * (i % perByte))) & mask;
  return samples;
}

/** Numbers to the bytes of a file: integers are rounded and kept within their range, as a recorder saturates. */
export function packSamples(values: Float32Array, bits: BitDepth): Uint8Array {
  if (bits === 32) return new Uint8Array(values.slice().buffer);
  const top = 2 ** bits - 1;
  const whole = values.map((value) => Math.min(top, Math.max(0, Math.round(value))));
  if (bits === 16) return new Uint8Array(Uint16Array.from(whole).buffer);
  return bits === 8 ? Uint8Array.from(whole) : packBits(whole, bits);
}

function packBits(whole: Float32Array, bits: number): Uint8Array {
  const perByte = 8 / bits;
  const bytes = new Uint8Array(whole.length / perByte);
  for (let i = 0; i < whole.length; i++) {
    const at = Math.floor(i / perByte);
    bytes[at] = (bytes[at] as number) | ((whole[i] as number) << (bits * (i % perByte)));
  }
  return bytes;
}
