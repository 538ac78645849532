import type { Payload } from '@manyhands/protocol';
import { digestOf } from '@manyhands/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { batchesOf, type Pair } from './comparison-batches.ts';

const blob = (name: string, bytes: number): Payload => ({ blob: digestOf(name), bytes });
const HALF = 512 * 1024;

test('[JU13] small outputs travel together, each once', () => {
  expect(batchesOf([['1', '2'], ['2', '3'], ['1', '3']])).toEqual([{ outputs: ['1', '2', '3'], pairs: [[0, 1], [1, 2], [0, 2]] }]); // biome-ignore format: a table
  expect(batchesOf([])).toEqual([]);
});

test('[JU13] a mebibyte of outputs fills an execution, and two that are larger have one of their own', () => {
  const [a, b, c] = [blob('a', HALF), blob('b', HALF), blob('c', 1)];
  expect(batchesOf([[a, b], [b, a]]).map(({ pairs }) => pairs.length)).toEqual([2]); // biome-ignore format: a table
  expect(batchesOf([[a, b], [b, c]]).map(({ outputs }) => outputs)).toEqual([[a, b], [b, c]]); // biome-ignore format: a table
  const huge = [blob('x', 4 * HALF), blob('y', 4 * HALF)] as const;
  expect(batchesOf([huge]).map(({ outputs }) => outputs)).toEqual([[...huge]]);
});

test('[JU7] a text that looks like the name of a blob is not that blob', () => {
  const named = blob('a', 5);
  expect(batchesOf([[named, digestOf('a')]])[0]?.outputs).toEqual([named, digestOf('a')]);
});

test('[JU13] every pair is asked once, in order', () => {
  const output = fc.oneof(fc.constantFrom('1', '2', '3'), fc.record({ name: fc.constantFrom('a', 'b', 'c'), bytes: fc.nat(3 * HALF) }));
  const payload = output.map((one): Payload => (typeof one === 'string' ? one : blob(`${one.name}${one.bytes}`, one.bytes)));
  fc.assert(
    fc.property(fc.array(fc.tuple(payload, payload), { maxLength: 60 }), (pairs: Pair[]) => {
      const asked = batchesOf(pairs).flatMap(({ outputs, pairs: places }) => places.map(([a, b]) => [outputs[a], outputs[b]]));
      expect(asked).toEqual(pairs);
    }),
  );
});

test('[JU13] an execution answers a thousand pairs at most', () => {
  const pairs = Array.from({ length: 2_500 }, (): Pair => ['1', '2']);
  expect(batchesOf(pairs).map(({ pairs: places }) => places.length)).toEqual([1_000, 1_000, 500]);
});
