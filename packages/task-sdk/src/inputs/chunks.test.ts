import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Timing } from '../http/patience.ts';
import { CHUNK_LIMITS, chunksOf, type InputChunk } from './chunks.ts';
import { encodeInput } from './input-encoder.ts';

const NEVER: Timing = { random: () => 0, wait: () => new Promise(() => {}) };
const encode = (value: unknown) => encodeInput(value, 0);

async function* arriving<T>(values: Iterable<T>): AsyncGenerator<T> {
  yield* values;
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

test('[SK11] chunks keep order and bounds, and only the last one says so, for any source', async () => {
  const lines = fc.array(fc.oneof(fc.nat(), fc.string({ minLength: 0, maxLength: 40 })), { maxLength: 300 });
  await fc.assert(
    fc.asyncProperty(lines, fc.boolean(), async (values, asynchronous) => {
      const chunks = await collect(chunksOf(asynchronous ? arriving(values) : values, encode, NEVER));
      expect(chunks.flatMap((chunk) => chunk.lines)).toEqual(values.map((value) => JSON.stringify(value)));
      expect(chunks.map(({ last }) => last)).toEqual([...chunks.slice(1).map(() => false), true]);
    }),
    { numRuns: 50 },
  );
});

test('[SK11] a chunk has at most 10,000 lines and 8 MiB', async () => {
  const many = await collect(
    chunksOf(
      Array.from({ length: 20_001 }, (_, i) => i),
      encode,
      NEVER,
    ),
  );
  expect(many.map(({ lines }) => lines.length)).toEqual([10_000, 10_000, 1]);
  const long = await collect(
    chunksOf(
      Array.from({ length: 300 }, () => 'x'.repeat(60_000)),
      encode,
      NEVER,
    ),
  );
  const bytes = long.map(({ lines }) => lines.join('\n').length);
  expect(Math.max(...bytes)).toBeLessThanOrEqual(CHUNK_LIMITS.textBytes);
  expect(long.length).toBe(3);
});

test('[SK11] nothing is pulled while a chunk waits to be taken', async () => {
  let pulled = 0;
  function* source() {
    for (;;) yield pulled++;
  }
  const chunks = chunksOf(source(), encode, NEVER);
  await chunks.next();
  expect(pulled).toBe(CHUNK_LIMITS.lines);
  await chunks.next();
  expect(pulled).toBe(2 * CHUNK_LIMITS.lines);
  await chunks.return();
});

test('[SK13] what an asynchronous source has given is handed on after half a second, though it goes on thinking', async () => {
  const waits: number[] = [];
  let over = (): void => {};
  const timing: Timing = {
    random: () => 0,
    wait: (ms) => {
      waits.push(ms);
      return new Promise((resolve) => {
        over = resolve;
      });
    },
  };
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<IteratorResult<number>>();
  const results = [Promise.resolve({ done: false as const, value: 7 }), answer.promise];
  const source: AsyncIterable<number> = {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        if (results.length === 1) asked.resolve();
        return results.shift() as Promise<IteratorResult<number>>;
      },
    }),
  };
  const chunks = chunksOf(source, encode, timing);
  const first = chunks.next();
  await asked.promise;
  over();
  expect((await first).value as InputChunk).toMatchObject({ lines: ['7'], last: false });
  expect(new Set(waits)).toEqual(new Set([500]));
  answer.resolve({ done: true, value: undefined });
  expect((await chunks.next()).value as InputChunk).toMatchObject({ lines: [], last: true });
});

test('[SK11] leaving early closes the source', async () => {
  let closed = false;
  async function* source() {
    try {
      for (let i = 0; ; i++) yield i;
    } finally {
      closed = true;
    }
  }
  const chunks = chunksOf(source(), encode, NEVER);
  await chunks.next();
  await chunks.return();
  expect(closed).toBe(true);
});
