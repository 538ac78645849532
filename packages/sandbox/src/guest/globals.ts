/**
 * What a task finds in its global scope: names on this list and nothing else, so that a new engine brings no new clock or channel with it
 * (Temporal did, SANDBOX §10). Runs before any task code.
 */
import { replaceMath } from './deterministic-math.ts';
import { freezeDate } from './frozen-date.ts';
import { guardWebAssembly } from './guarded-webassembly.ts';
import { flattenLocale } from './plain-locale.ts';
import { TextDecoder, TextEncoder } from './text-codec.ts';

const ALLOWED = new Set(
  `globalThis undefined NaN Infinity Object Function Array Number Boolean String Symbol BigInt Date Promise RegExp Map Set WeakMap WeakSet
  Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError SuppressedError DisposableStack AsyncDisposableStack
  JSON Math Proxy Reflect Iterator WebAssembly ArrayBuffer DataView Uint8Array Uint8ClampedArray Int8Array Uint16Array Int16Array Uint32Array
  Int32Array BigUint64Array BigInt64Array Float16Array Float32Array Float64Array parseInt parseFloat isNaN isFinite
  encodeURI encodeURIComponent decodeURI decodeURIComponent escape unescape eval`.split(/\s+/),
);
const PAGES_PER_MB = 16;
/** 8 bytes each, allocated at once by `new WebAssembly.Table`. */
const TABLE_ELEMENTS = 1_000_000;

export interface Surroundings {
  readonly math: 'deterministic' | 'native';
  /** What Date shows, epoch milliseconds. */
  readonly frozenAt: number;
  readonly memoryMB: number;
  readonly random: () => number;
}

export function furnish(realm: typeof globalThis, surroundings: Surroundings): void {
  for (const name of Object.getOwnPropertyNames(realm)) {
    if (!ALLOWED.has(name)) delete (realm as unknown as { [name: string]: unknown })[name];
  }
  freezeDate(realm, surroundings.frozenAt);
  flattenLocale(realm);
  fixBufferSizes(realm);
  hideStackFrames(realm.Error);
  guardWebAssembly(realm, { memoryPages: surroundings.memoryMB * PAGES_PER_MB, tableElements: TABLE_ELEMENTS });
  if (surroundings.math === 'deterministic') replaceMath(realm.Math);
  define(realm.Math, 'random', surroundings.random);
  define(realm, 'TextEncoder', TextEncoder);
  define(realm, 'TextDecoder', TextDecoder);
  define(realm, 'queueMicrotask', queueMicrotask);
}

/** Resizable buffers reserve memory that no limit sees. */
function fixBufferSizes(realm: typeof globalThis): void {
  const RealBuffer = realm.ArrayBuffer;
  const { construct } = Reflect;
  function FixedBuffer(length: number, options?: { maxByteLength?: number }): object {
    if (new.target === undefined) throw new TypeError("Constructor ArrayBuffer requires 'new'");
    if (options?.maxByteLength !== undefined) throw new TypeError('resizable ArrayBuffers are not available in a task');
    return construct(RealBuffer, [length], new.target);
  }
  Object.defineProperties(FixedBuffer, {
    ...Object.getOwnPropertyDescriptors(RealBuffer),
    name: { value: 'ArrayBuffer' },
    prototype: { value: RealBuffer.prototype, writable: false },
  });
  define(RealBuffer.prototype, 'constructor', FixedBuffer);
  delete (RealBuffer.prototype as { resize?: unknown }).resize;
  define(realm, 'ArrayBuffer', FixedBuffer);
}

/** Call sites can hand out functions that stand below on the stack, among them the real constructors that the guarded ones hide. */
function hideStackFrames(error: ErrorConstructor): void {
  delete (error as { captureStackTrace?: unknown }).captureStackTrace;
  Object.defineProperty(error, 'prepareStackTrace', { value: undefined, writable: false, enumerable: false, configurable: false });
}

const resolved = Promise.resolve();
function queueMicrotask(callback: () => void): void {
  if (typeof callback !== 'function') throw new TypeError('queueMicrotask needs a function');
  void resolved.then(() => callback());
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true });
}
