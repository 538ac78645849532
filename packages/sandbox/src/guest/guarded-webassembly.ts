/**
 * WebAssembly as a task has it: synchronous inside (V8 would compile on background threads that nobody counts),
 * every memory and table bounded (wasm-limits.ts), no shared memory, no stack switching.
 */
import { limitModule, type WasmLimits, WasmRefusal } from './wasm-limits.ts';

type Constructor = new (...args: never[]) => object;
interface WebAssemblyNamespace {
  Module: Constructor & { exports: unknown; imports: unknown; customSections: unknown };
  Instance: Constructor;
  Memory: Constructor;
  Table: Constructor;
  CompileError: ErrorConstructor;
  validate(bytes: BufferSource): boolean;
  [name: string]: unknown;
}
type BufferSource = ArrayBuffer | ArrayBufferView;
interface Size {
  readonly initial?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly shared?: boolean;
  readonly address?: string;
  readonly index?: string;
  readonly element?: string;
}

// Taken before any task code runs: a task that replaces Reflect.construct must not be handed the real constructors.
const { construct: reflectConstruct } = Reflect;

const KEPT = [
  'Module',
  'Instance',
  'Memory',
  'Table',
  'Global',
  'Tag',
  'Exception',
  'CompileError',
  'LinkError',
  'RuntimeError',
  'validate',
];

export function guardWebAssembly(realm: typeof globalThis, limits: WasmLimits): void {
  const wasm = (realm as unknown as { WebAssembly: WebAssemblyNamespace }).WebAssembly;
  for (const name of Object.getOwnPropertyNames(wasm)) if (!KEPT.includes(name)) delete wasm[name];
  const { validate } = wasm;
  const limit = (source: BufferSource): Uint8Array => {
    try {
      return limitModule(bytesOf(source), limits);
    } catch (error) {
      throw error instanceof WasmRefusal ? new wasm.CompileError(`WebAssembly.Module(): ${error.message}`) : error;
    }
  };
  guardModule(wasm, limit);
  guardSized(wasm, 'Memory', limits.memoryPages);
  guardSized(wasm, 'Table', limits.tableElements);
  // They turn a memory into a resizable buffer, which nobody counts.
  delete (wasm.Memory.prototype as { toResizableBuffer?: unknown }).toResizableBuffer;
  delete (wasm.Memory.prototype as { toFixedLengthBuffer?: unknown }).toFixedLengthBuffer;
  define(wasm, 'validate', (source: BufferSource) => {
    try {
      return validate(limit(source) as Uint8Array<ArrayBuffer>);
    } catch {
      return false; // validate answers; it never says why
    }
  });
  define(wasm, 'compile', async (source: BufferSource) => construct(wasm.Module, source));
  define(wasm, 'instantiate', async (source: object, imports?: object) => {
    if (source instanceof wasm.Module) return construct(wasm.Instance, source, imports);
    const module = construct(wasm.Module, source);
    return { module, instance: construct(wasm.Instance, module, imports) };
  });
}

function guardModule(wasm: WebAssemblyNamespace, limit: (source: BufferSource) => Uint8Array): void {
  const Real = wasm.Module;
  const Guarded = guard(Real, 'Module', (source: BufferSource) => [limit(source)]);
  for (const name of ['exports', 'imports', 'customSections'] as const) define(Guarded, name, Real[name]);
  define(wasm, 'Module', Guarded);
}

function guardSized(wasm: WebAssemblyNamespace, name: 'Memory' | 'Table', most: number): void {
  const bounded = (size: Size, ...rest: unknown[]): unknown[] => {
    const { initial, minimum, maximum, shared, address, index, element } = size;
    if (shared) throw new TypeError(`WebAssembly.${name}(): shared memory is not available in a task`);
    if ((address ?? index ?? 'i32') !== 'i32') throw new TypeError(`WebAssembly.${name}(): 64-bit addresses are not available in a task`);
    const least = Number(initial ?? minimum ?? 0);
    if (least > most) throw new RangeError(`WebAssembly.${name}(): initial ${least} is above this task's limit of ${most}`);
    return [{ initial: least, maximum: Math.min(Number(maximum ?? most), most), element }, ...rest];
  };
  define(wasm, name, guard(wasm[name], name, bounded));
}

/** A constructor in the place of `Real`, making the same objects of arguments that `amend` has seen. */
function guard(Real: Constructor, name: string, amend: (...args: never[]) => unknown[]): Constructor {
  function Guarded(...args: never[]): object {
    if (new.target === undefined) throw new TypeError(`WebAssembly.${name} must be invoked with 'new'`);
    return reflectConstruct(Real, amend(...args), new.target);
  }
  Object.defineProperties(Guarded, { name: { value: name }, prototype: { value: Real.prototype, writable: false } });
  define(Real.prototype, 'constructor', Guarded);
  return Guarded as unknown as Constructor;
}

const construct = (type: Constructor, ...args: unknown[]): object => reflectConstruct(type, args);

function bytesOf(source: BufferSource): Uint8Array {
  return ArrayBuffer.isView(source) ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength) : new Uint8Array(source);
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true });
}
