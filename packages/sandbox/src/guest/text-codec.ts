/** UTF-8 in both directions, as much of the Encoding standard as compiled code (wasm glue, WASI shims) asks for. */

export class TextEncoder {
  readonly encoding = 'utf-8';

  encode(text = ''): Uint8Array {
    const bytes = new Uint8Array(String(text).length * 3);
    return bytes.slice(0, this.encodeInto(text, bytes).written);
  }

  /** Writes as many whole characters as fit. `read` counts UTF-16 code units, `written` bytes. */
  encodeInto(text: string, target: Uint8Array): { read: number; written: number } {
    let [read, written] = [0, 0];
    for (const character of String(text)) {
      const point = scalarValue(character);
      const size = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
      if (written + size > target.length) break;
      writeCodePoint(point, size, target, written);
      read += character.length;
      written += size;
    }
    return { read, written };
  }
}

const REPLACEMENT = 0xfffd;

function scalarValue(character: string): number {
  const point = character.codePointAt(0) as number;
  return point >= 0xd800 && point <= 0xdfff ? REPLACEMENT : point;
}

function writeCodePoint(point: number, size: number, target: Uint8Array, at: number): void {
  if (size === 1) {
    target[at] = point;
    return;
  }
  const lead = [0, 0, 0xc0, 0xe0, 0xf0][size] as number;
  target[at] = lead | (point >> (6 * (size - 1)));
  for (let i = 1; i < size; i++) target[at + i] = 0x80 | ((point >> (6 * (size - 1 - i))) & 0x3f);
}

interface Sequence {
  point: number;
  /** Continuation bytes still to come; 0 between characters. */
  needed: number;
  /** The range of the next byte, which shuts out overlong forms and surrogates. */
  lower: number;
  upper: number;
}
const START: Readonly<Sequence> = { point: 0, needed: 0, lower: 0x80, upper: 0xbf };

export class TextDecoder {
  readonly encoding = 'utf-8';
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  #sequence: Sequence = { ...START };
  #atStart = true;

  constructor(label = 'utf-8', options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
    const name = String(label).trim().toLowerCase();
    if (name !== 'utf-8' && name !== 'utf8') throw new RangeError(`TextDecoder: only utf-8 is known in a task, not ${name}`);
    this.fatal = Boolean(options.fatal);
    this.ignoreBOM = Boolean(options.ignoreBOM);
  }

  decode(source: ArrayBuffer | ArrayBufferView = new Uint8Array(0), options: { stream?: boolean } = {}): string {
    const parts: string[] = [];
    let units: number[] = [];
    const emit = (point: number): void => {
      if (units.length >= 4096) {
        parts.push(String.fromCodePoint(...units));
        units = [];
      }
      units.push(point);
    };
    for (const byte of bytesOf(source)) this.#take(byte, emit);
    if (!options.stream) this.#finish(emit);
    const text = parts.join('') + String.fromCodePoint(...units);
    return this.#withoutMark(text, Boolean(options.stream));
  }

  #take(byte: number, emit: (point: number) => void): void {
    const sequence = this.#sequence;
    if (sequence.needed > 0) {
      if (byte >= sequence.lower && byte <= sequence.upper) {
        sequence.point = (sequence.point << 6) | (byte & 0x3f);
        sequence.needed--;
        sequence.lower = 0x80;
        sequence.upper = 0xbf;
        if (sequence.needed === 0) emit(sequence.point);
        return;
      }
      this.#malformed(emit);
    }
    if (byte < 0x80) emit(byte);
    else if (byte >= 0xc2 && byte <= 0xf4) this.#sequence = startedBy(byte);
    else this.#malformed(emit);
  }

  #finish(emit: (point: number) => void): void {
    if (this.#sequence.needed > 0) this.#malformed(emit);
  }

  #malformed(emit: (point: number) => void): void {
    this.#sequence = { ...START };
    if (this.fatal) throw new TypeError('TextDecoder: the bytes are not valid utf-8');
    emit(REPLACEMENT);
  }

  #withoutMark(text: string, more: boolean): string {
    const strip = this.#atStart && !this.ignoreBOM && text.startsWith('\ufeff');
    this.#atStart = !more || (this.#atStart && text === '');
    return strip ? text.slice(1) : text;
  }
}

function startedBy(lead: number): Sequence {
  if (lead < 0xe0) return { point: lead & 0x1f, needed: 1, lower: 0x80, upper: 0xbf };
  if (lead < 0xf0) return { point: lead & 0x0f, needed: 2, lower: lead === 0xe0 ? 0xa0 : 0x80, upper: lead === 0xed ? 0x9f : 0xbf };
  return { point: lead & 0x07, needed: 3, lower: lead === 0xf0 ? 0x90 : 0x80, upper: lead === 0xf4 ? 0x8f : 0xbf };
}

function bytesOf(source: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(source) ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength) : new Uint8Array(source);
}
