/**
 * Cuts a source of inputs into chunks, each of which the coordinator stores wholly or not at all.
 * A chunk is handed on when it is full, when the source ends, or when an asynchronous source lets it wait for `lingerMs`.
 * Nothing is pulled while a chunk waits to be taken: that is the backpressure.
 */
import type { Digest } from '@manyhands/protocol';
import type { Timing } from '../http/patience.ts';
import type { EncodedInput } from './input-encoder.ts';
import type { Inputs } from './ranges.ts';

export interface InputChunk {
  readonly lines: readonly string[];
  readonly blobs: ReadonlyMap<Digest, Uint8Array>;
  /** The source has ended; the chunk may be empty. */
  readonly last: boolean;
}

export const CHUNK_LIMITS = { lines: 10_000, textBytes: 8 * 1024 * 1024, blobBytes: 32 * 1024 * 1024 } as const;
const LINGER_MS = 500;
/** The longest line: an inline payload and its newline. A chunk with less room than that is full. */
const LINE_BYTES = 64 * 1024 + 1;

class ChunkBuilder {
  #lines: string[] = [];
  #blobs = new Map<Digest, Uint8Array>();
  #textBytes = 0;
  #blobBytes = 0;

  get isEmpty(): boolean {
    return this.#lines.length === 0;
  }

  get isFull(): boolean {
    return (
      this.#lines.length >= CHUNK_LIMITS.lines ||
      this.#textBytes > CHUNK_LIMITS.textBytes - LINE_BYTES ||
      this.#blobBytes >= CHUNK_LIMITS.blobBytes
    );
  }

  add({ line, blobs }: EncodedInput): void {
    this.#lines.push(line);
    this.#textBytes += Buffer.byteLength(line) + 1;
    for (const [digest, bytes] of blobs) {
      if (!this.#blobs.has(digest)) this.#blobBytes += bytes.length;
      this.#blobs.set(digest, bytes);
    }
  }

  take(last: boolean): InputChunk {
    const chunk = { lines: this.#lines, blobs: this.#blobs, last };
    this.#lines = [];
    this.#blobs = new Map();
    this.#textBytes = 0;
    this.#blobBytes = 0;
    return chunk;
  }
}

/** Checks and encodes one input; asynchronous only when the schema is. */
export type Encode<Input> = (value: Input) => EncodedInput | Promise<EncodedInput>;

/** The last chunk, and only that, says `last`. */
export function chunksOf<Input>(inputs: Inputs<Input>, encode: Encode<Input>, timing: Timing): AsyncGenerator<InputChunk, void, void> {
  return Symbol.asyncIterator in inputs ? chunksOfArrivals(inputs, encode, timing) : chunksOfIterable(inputs, encode);
}

async function* chunksOfIterable<Input>(inputs: Iterable<Input>, encode: Encode<Input>): AsyncGenerator<InputChunk, void, void> {
  const builder = new ChunkBuilder();
  for (const value of inputs) {
    const encoded = encode(value);
    builder.add(encoded instanceof Promise ? await encoded : encoded);
    if (builder.isFull) yield builder.take(false);
  }
  yield builder.take(true);
}

async function* chunksOfArrivals<Input>(
  inputs: AsyncIterable<Input>,
  encode: Encode<Input>,
  timing: Timing,
): AsyncGenerator<InputChunk, void, void> {
  const builder = new ChunkBuilder();
  const iterator = inputs[Symbol.asyncIterator]();
  let linger = startLinger(timing);
  let next: Promise<IteratorResult<Input>> | null = null;
  try {
    for (;;) {
      next ??= iterator.next();
      const arrival = await (builder.isEmpty ? next : Promise.race([next, linger.over]));
      if (arrival === LINGERED) {
        yield builder.take(false);
        continue;
      }
      next = null;
      if (arrival.done) break;
      if (builder.isEmpty) {
        linger.stop();
        linger = startLinger(timing);
      }
      builder.add(await encode(arrival.value));
      if (builder.isFull) yield builder.take(false);
    }
    yield builder.take(true);
  } finally {
    linger.stop();
    // A source that is still thinking is told to stop, and not waited for: it may never answer.
    const stopped = iterator.return?.();
    if (next === null) await stopped;
    else stopped?.catch(() => {});
  }
}

const LINGERED: unique symbol = Symbol('lingered');

function startLinger(timing: Timing): { over: Promise<typeof LINGERED>; stop: () => void } {
  const stopped = new AbortController();
  const lingered = (): typeof LINGERED => LINGERED;
  return { over: timing.wait(LINGER_MS, stopped.signal).then(lingered, lingered), stop: () => stopped.abort() };
}
