import { digestOf } from '@manyhands/identity';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { checkInput, encodeInput, LIFT_BYTES } from './input-encoder.ts';
import { indices, isFormula, ranges } from './ranges.ts';

test('[SK10] an input that does not fit the schema is named by its row and path', async () => {
  const schema = z.object({ bands: z.array(z.object({ from: z.int() })) });
  expect(() => checkInput(schema, { bands: [{ from: 1 }, { from: 'x' }] }, 17)).toThrow(
    /^Input 17 \(counted from 0\).*\$\.bands\[1\]\.from: /,
  );
  const slow = z.string().refine(async (text) => text.length > 3);
  await expect(checkInput(slow, 'abc', 4)).rejects.toThrow(/^Input 4 /);
});

test('[SK10] an input that is no value is named by its row and path', () => {
  expect(() => encodeInput({ a: [1, Number.NaN] }, 3)).toThrow(/^Input 3 \(counted from 0\) cannot be sent: \$\.a\[1\]: NaN/);
});

test('[SK14] a typed array above the limit is lifted into a blob, at the limit it stays', () => {
  const at = encodeInput({ data: new Uint8Array(LIFT_BYTES) }, 0);
  expect(at.blobs.size).toBe(0);
  const bytes = new Uint8Array(LIFT_BYTES + 1).fill(7);
  const above = encodeInput({ data: bytes }, 0);
  expect(above.line).toBe(`{"data":{"$":"u8","blob":"${digestOf(bytes)}"}}`);
  expect([...above.blobs]).toEqual([[digestOf(bytes), bytes]]);
});

test('[SK14] a text of more than 64 KiB becomes a blob itself, counted in UTF-8 bytes', () => {
  const fits = 'é'.repeat(32 * 1024 - 1);
  expect(encodeInput(fits, 0)).toMatchObject({ line: `"${fits}"` });
  const text = JSON.stringify(`${fits}é`);
  const { line, blobs } = encodeInput(`${fits}é`, 0);
  expect(line).toBe(`@${digestOf(text)} ${64 * 1024 + 2}`);
  expect(Buffer.from(blobs.get(digestOf(text)) ?? []).toString()).toBe(text);
});

test('[SK15] ranges and indices iterate what their formula says', () => {
  const pieces = ranges(0, 25, 10);
  expect(isFormula(pieces)).toBe(true);
  expect([...pieces]).toEqual([
    { from: 0, to: 10 },
    { from: 10, to: 20 },
    { from: 20, to: 25 },
  ]);
  expect(pieces).toMatchObject({ count: 3, source: { kind: 'range', from: 0, to: 25, step: 10 } });
  expect([...indices(3)]).toEqual([0, 1, 2]);
  expect(isFormula([1])).toBe(false);
});

test('[SK15] a formula that holds no input, or is no whole number, is refused', () => {
  expect(() => ranges(5, 5, 1)).toThrow(/holds no input/);
  expect(() => ranges(0, 1.5, 1)).toThrow(/`to` is 1.5/);
  expect(() => indices(0)).toThrow(/holds no input/);
});
