/**
 * A value is what a task may take and return: null, booleans, finite numbers, strings, arrays, plain objects,
 * plus bigint, Uint8Array and the other typed arrays. Its text form is canonical JSON (canonical-json.ts);
 * what JSON lacks is tagged: `{"$":"bigint","v":"12"}`, `{"$":"f32","b64":"…"}` (little-endian bytes),
 * `{"$":"f32","blob":"sha256:…"}` for bytes lifted out into a blob, and `{"$":"object","v":{…}}` for a plain object that owns a key `$`.
 * Equal values have equal text, so results are compared by the digest of their text.
 * Runs everywhere, also inside the isolate: imports nothing of Node.
 */
import { fromBase64, toBase64 } from './base64.ts';
import { canonicalJson, type Json } from './canonical-json.ts';

export type TypedArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array;
export type Value = null | boolean | number | string | bigint | TypedArray | readonly Value[] | { readonly [key: string]: Value };

const ARRAYS = {
  u8: Uint8Array,
  i8: Int8Array,
  u16: Uint16Array,
  i16: Int16Array,
  u32: Uint32Array,
  i32: Int32Array,
  u64: BigUint64Array,
  i64: BigInt64Array,
  f32: Float32Array,
  f64: Float64Array,
} as const;
type ArrayTag = keyof typeof ARRAYS;

/** A thing that is no value, and where it stands: `$.rows[3].x`. */
export class ValueError extends Error {
  override readonly name = 'ValueError';
  readonly path: string;
  constructor(path: string, problem: string) {
    super(`${path}: ${problem}`);
    this.path = path;
  }
}

export interface EncodeOptions {
  /** Given the bytes of a typed array, names the blob that shall hold them, or null to keep them inline. */
  readonly lift?: (bytes: Uint8Array) => string | null;
}
export interface DecodeOptions {
  /** The bytes of a blob named in the text. */
  readonly blob?: (digest: string) => Uint8Array;
}

const MAX_DEPTH = 100;

/** The canonical text of a value. Throws ValueError for NaN, infinities, −0, undefined, functions, symbols, cycles, class instances. */
export function encodeValue(value: unknown, options: EncodeOptions = {}): string {
  return canonicalJson(toJson(value, '$', [], options));
}

/** The value a text stands for. Throws ValueError for text that is not JSON, has a malformed tag, or stands for no value (1e999, −0). */
export function decodeValue(text: string, options: DecodeOptions = {}): Value {
  let json: Json;
  try {
    json = JSON.parse(text) as Json;
  } catch (error) {
    throw new ValueError('$', `not JSON: ${(error as Error).message}`);
  }
  return fromJson(json, { path: '$', depth: 0 }, options);
}

/** The digests of the blobs that decoding a text asks for, each once. Throws ValueError where it meets text that cannot be decoded. */
export function blobsOf(text: string): string[] {
  // Most texts name none. A digest can hide from this search only behind an escape.
  if (!text.includes('sha256:') && !text.includes('\\')) return [];
  const found = new Set<string>();
  const blob = (digest: string): Uint8Array => {
    found.add(digest);
    return new Uint8Array();
  };
  decodeValue(text, { blob });
  return [...found];
}

function toJson(value: unknown, path: string, above: object[], options: EncodeOptions): Json {
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'string':
      return checkedString(value, path);
    case 'number':
      return checkedNumber(value, path);
    case 'bigint':
      return { $: 'bigint', v: value.toString() };
    case 'object':
      return value === null ? null : objectToJson(value, path, above, options);
    default:
      throw new ValueError(path, `${value === undefined ? 'undefined' : `a ${typeof value}`} is not a value; leave it out or use null`);
  }
}

function checkedString(value: string, path: string): string {
  if (!value.isWellFormed()) throw new ValueError(path, 'a string with half a surrogate pair has no UTF-8 form');
  return value;
}

function checkedNumber(value: number, path: string): number {
  if (!Number.isFinite(value)) throw new ValueError(path, `${value} is not a value; only finite numbers are (use null for "none")`);
  if (Object.is(value, -0)) throw new ValueError(path, '−0 is not a value; add 0 to it to make it 0');
  return value;
}

function objectToJson(value: object, path: string, above: object[], options: EncodeOptions): Json {
  if (above.includes(value)) throw new ValueError(path, 'refers to an object that contains it (a cycle)');
  if (above.length >= MAX_DEPTH) throw new ValueError(path, `nested deeper than ${MAX_DEPTH}`);
  const within = [...above, value];
  if (Array.isArray(value)) return Array.from(value, (item, i) => toJson(item, `${path}[${i}]`, within, options));
  if (ArrayBuffer.isView(value)) return arrayToJson(value, path, options);
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw new ValueError(path, `a ${value.constructor?.name || 'class instance'} is not a value; turn it into a plain object`);
  }
  if (Object.getOwnPropertySymbols(value).length > 0) throw new ValueError(path, 'an object with symbol keys is not a value');
  const entries = Object.entries(value).map(([key, item]) => {
    const at = pathTo(path, key);
    return [checkedString(key, at), toJson(item, at, within, options)] as const;
  });
  const json = Object.fromEntries(entries);
  return Object.hasOwn(json, '$') ? { $: 'object', v: json } : json;
}

const pathTo = (path: string, key: string): string => (/^[A-Za-z_]\w*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`);

function arrayToJson(value: ArrayBufferView, path: string, options: EncodeOptions): Json {
  const tag = (Object.keys(ARRAYS) as ArrayTag[]).find((key) => value instanceof ARRAYS[key]);
  if (tag === undefined) throw new ValueError(path, `a ${value.constructor.name} is not a value; use a Uint8Array or another typed array`);
  const bytes = canonicalBytes(value, tag);
  const blob = options.lift?.(bytes) ?? null;
  return blob === null ? { $: tag, b64: toBase64(bytes) } : { $: tag, blob };
}

/** Little-endian bytes with one NaN, since CPUs disagree on NaN's bits. */
function canonicalBytes(value: ArrayBufferView, tag: ArrayTag): Uint8Array {
  if (tag !== 'f32' && tag !== 'f64') return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  const copy = (value as Float32Array | Float64Array).slice();
  const bytes = new Uint8Array(copy.buffer);
  const view = new DataView(copy.buffer);
  for (let i = 0; i < copy.length; i++) {
    if (!Number.isNaN(copy[i])) continue;
    if (tag === 'f32') view.setUint32(i * 4, 0x7fc00000, true);
    else view.setBigUint64(i * 8, 0x7ff8000000000000n, true);
  }
  return bytes;
}

/** Where decoding stands: the path to name in an error, and how many arrays and objects are around. */
interface Place {
  readonly path: string;
  readonly depth: number;
}

function fromJson(json: Json, place: Place, options: DecodeOptions): Value {
  if (typeof json === 'string') return checkedString(json, place.path);
  if (typeof json === 'number') return checkedNumber(json, place.path);
  if (typeof json !== 'object' || json === null) return json;
  if (place.depth >= MAX_DEPTH) throw new ValueError(place.path, `nested deeper than ${MAX_DEPTH}`);
  if (Array.isArray(json)) return json.map((item, i) => fromJson(item, { path: `${place.path}[${i}]`, depth: place.depth + 1 }, options));
  const object = json as { readonly [key: string]: Json };
  return Object.hasOwn(object, '$') ? fromTagged(object, place, options) : plainObject(object, place, options);
}

function plainObject(json: { readonly [key: string]: Json }, { path, depth }: Place, options: DecodeOptions): Value {
  const entries = Object.entries(json).map(([key, item]) => {
    const at = pathTo(path, key);
    return [checkedString(key, at), fromJson(item, { path: at, depth: depth + 1 }, options)] as const;
  });
  return Object.fromEntries(entries);
}

function fromTagged(json: { readonly [key: string]: Json }, place: Place, options: DecodeOptions): Value {
  const { path } = place;
  const { $: tag, v, b64, blob } = json as { $: Json; v?: Json; b64?: Json; blob?: Json };
  if (Object.keys(json).length === 2 && typeof tag === 'string') {
    if (tag === 'bigint' && typeof v === 'string' && /^-?\d+$/.test(v)) return BigInt(v);
    if (tag === 'object' && typeof v === 'object' && v !== null && !Array.isArray(v)) {
      return plainObject(v as { [key: string]: Json }, place, options);
    }
    if (Object.hasOwn(ARRAYS, tag) && typeof b64 === 'string') return toTyped(tag as ArrayTag, inlineBytes(b64, path), path);
    if (Object.hasOwn(ARRAYS, tag) && typeof blob === 'string' && DIGEST.test(blob)) {
      return toTyped(tag as ArrayTag, blobBytes(blob, path, options), path);
    }
  }
  throw new ValueError(path, `a malformed tagged value ("$": ${JSON.stringify(tag)})`);
}

/** As digestSchema; written out because zod has no place in the isolate. */
const DIGEST = /^sha256:[0-9a-f]{64}$/;

function inlineBytes(b64: string, path: string): Uint8Array {
  const bytes = fromBase64(b64);
  if (bytes === null) throw new ValueError(path, 'malformed base64');
  return bytes;
}

function blobBytes(digest: string, path: string, options: DecodeOptions): Uint8Array {
  if (options.blob === undefined) throw new ValueError(path, `refers to blob ${digest}, and no blobs are at hand here`);
  return options.blob(digest);
}

function toTyped(tag: ArrayTag, bytes: Uint8Array, path: string): TypedArray {
  const type = ARRAYS[tag];
  if (bytes.length % type.BYTES_PER_ELEMENT !== 0)
    throw new ValueError(path, `${bytes.length} bytes are no whole number of ${tag} elements`);
  // A copy of its own: a Buffer's slice() would share the pool that its bytes stand in.
  return new type(new Uint8Array(bytes).buffer);
}
