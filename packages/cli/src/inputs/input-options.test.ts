import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { inputsOf } from './input-options.ts';

const NO_INPUT = Readable.from([]);

async function collect(inputs: AsyncIterable<unknown> | Iterable<unknown> | null): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const value of inputs ?? []) values.push(value);
  return values;
}

function fileOf(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'inputs-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'inputs.ndjson'), text);
  return join(folder, 'inputs.ndjson');
}

test('[CL5] inputs come from flags, a file, standard input, or a formula', async () => {
  expect(await collect(inputsOf({ input: ['1', '{"a":[true]}'] }, NO_INPUT))).toEqual([1, { a: [true] }]);
  expect(await collect(inputsOf({ inputs: fileOf('1\r\n\n{"$":"bigint","v":"2"}') }, NO_INPUT))).toEqual([1, 2n]);
  expect(await collect(inputsOf({ inputs: '-' }, Readable.from(['1\n2\n'])))).toEqual([1, 2]);
  expect(await collect(inputsOf({ range: '0:25:10' }, NO_INPUT))).toHaveLength(3);
  expect(await collect(inputsOf({ count: '3' }, NO_INPUT))).toEqual([0, 1, 2]);
  expect(inputsOf({}, NO_INPUT)).toBeNull();
});

test('[CL5] a wrong input names its place', async () => {
  await expect(collect(inputsOf({ inputs: fileOf('1\n{oops\n') }, NO_INPUT))).rejects.toThrow(
    /^Line 2 of .*inputs\.ndjson is not a JSON value/,
  );
  expect(() => inputsOf({ input: ['1', 'x'] }, NO_INPUT)).toThrow(/^--input 2 is not a JSON value/);
  expect(() => inputsOf({ inputs: '/no/such/file' }, NO_INPUT)).toThrow(/There is no file/);
});

test('[CL5] flags that contradict or make no sense are refused', () => {
  expect(() => inputsOf({ count: '3', range: '0:1:1' }, NO_INPUT)).toThrow(/--range and --count/);
  expect(() => inputsOf({ range: '0:10' }, NO_INPUT)).toThrow(/FROM:TO:STEP/);
  expect(() => inputsOf({ count: '2.5' }, NO_INPUT)).toThrow(/whole numbers/);
});
