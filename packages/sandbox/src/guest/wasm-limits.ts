/**
 * Wasm memory and tables are counted by nobody (SANDBOX §5), so a module is rewritten before the engine sees it:
 * every memory and table it defines gets a maximum, and shared or 64-bit ones are refused. Modules whose shape is not understood are refused too.
 */
export interface WasmLimits {
  /** The largest memory, in pages of 64 KiB. */
  readonly memoryPages: number;
  /** The largest table, in elements. */
  readonly tableElements: number;
}

/** A module that asks for what a task cannot have. */
export class WasmRefusal extends Error {
  override readonly name = 'WasmRefusal';
}

const IMPORTS = 2;
const TABLES = 4;
const MEMORIES = 5;
const HEADER_BYTES = 8;

/** The same module with its memories and tables bounded. Throws WasmRefusal. */
export function limitModule(module: Uint8Array, limits: WasmLimits): Uint8Array<ArrayBuffer> {
  const reader = createReader(module);
  const parts: Uint8Array[] = [reader.take(HEADER_BYTES)];
  while (!reader.done()) {
    const id = reader.byte();
    const body = reader.take(reader.u32());
    const limited = limitSection(id, body, limits);
    parts.push(Uint8Array.of(id), encodeU32(limited.length), limited);
  }
  return concat(parts);
}

function limitSection(id: number, body: Uint8Array, limits: WasmLimits): Uint8Array {
  if (id === MEMORIES) return rewriteEach(body, (reader) => limited(reader, limits.memoryPages, 'memory', 'pages'));
  if (id === TABLES) return rewriteEach(body, (reader) => limitedTable(reader, limits));
  if (id === IMPORTS) checkImports(createReader(body));
  return body;
}

function rewriteEach(body: Uint8Array, rewrite: (reader: Reader) => Uint8Array): Uint8Array {
  const reader = createReader(body);
  const count = reader.u32();
  const parts: Uint8Array[] = [encodeU32(count)];
  for (let i = 0; i < count; i++) parts.push(rewrite(reader));
  if (!reader.done()) throw new WasmRefusal('a section of the wasm module is longer than its contents');
  return concat(parts);
}

function limitedTable(reader: Reader, limits: WasmLimits): Uint8Array {
  const type = reader.referenceType();
  return concat([type, limited(reader, limits.tableElements, 'table', 'elements')]);
}

function limited(reader: Reader, most: number, thing: string, unit: string): Uint8Array {
  const { minimum, maximum } = reader.limits(thing);
  if (minimum > most) throw new WasmRefusal(`a wasm ${thing} starts with ${minimum} ${unit}; this task may have ${most}`);
  return concat([Uint8Array.of(1), encodeU32(minimum), encodeU32(Math.min(maximum ?? most, most))]);
}

/** What is imported was made by the guarded constructors; only its kind needs a look. */
function checkImports(reader: Reader): void {
  const count = reader.u32();
  for (let i = 0; i < count; i++) {
    reader.take(reader.u32());
    reader.take(reader.u32());
    checkImport(reader);
  }
}

function checkImport(reader: Reader): void {
  const kind = reader.byte();
  if (kind === 0) reader.u32();
  else if (kind === 1) {
    reader.referenceType();
    reader.limits('table');
  } else if (kind === 2) reader.limits('memory');
  else if (kind === 3) {
    reader.valueType();
    reader.byte();
  } else if (kind === 4) {
    reader.byte();
    reader.u32();
  } else throw new WasmRefusal(`the wasm module imports something of unknown kind ${kind}`);
}

interface Reader {
  done(): boolean;
  byte(): number;
  take(size: number): Uint8Array;
  u32(): number;
  limits(thing: string): { minimum: number; maximum: number | null };
  valueType(): Uint8Array;
  referenceType(): Uint8Array;
}

/** Types that name a type index after them: (ref ht) and (ref null ht). */
const TYPED_REFERENCES = [0x63, 0x64];
const TABLE_WITH_INITIALIZER = 0x40;

function createReader(bytes: Uint8Array): Reader {
  let at = 0;
  const take = (size: number): Uint8Array => {
    if (at + size > bytes.length) throw new WasmRefusal('the wasm module ends in the middle of a section');
    at += size;
    return bytes.subarray(at - size, at);
  };
  const byte = (): number => take(1)[0] as number;
  const u32 = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const next = byte();
      value += (next & 0x7f) * 2 ** shift;
      if ((next & 0x80) === 0) return value;
    }
    throw new WasmRefusal('the wasm module holds a number that is too long');
  };
  const valueType = (): Uint8Array => {
    const from = at;
    if (TYPED_REFERENCES.includes(byte())) u32();
    return bytes.subarray(from, at);
  };
  return {
    done: () => at === bytes.length,
    byte,
    take,
    u32,
    valueType,
    referenceType: () => {
      if (bytes[at] === TABLE_WITH_INITIALIZER) throw new WasmRefusal('wasm tables with initializers are not available in a task');
      return valueType();
    },
    limits: (thing) => {
      const flags = byte();
      if (flags > 1) throw new WasmRefusal(`a shared or 64-bit wasm ${thing} is not available in a task`);
      return { minimum: u32(), maximum: flags === 1 ? u32() : null };
    },
  };
}

function encodeU32(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low | 0x80 : low);
  } while (rest > 0);
  return Uint8Array.from(bytes);
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
