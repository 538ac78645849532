import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseUnitLines } from './unit-lines.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const messageOf = (body: string | Uint8Array) => {
  const outcome = parseUnitLines(Buffer.from(body));
  return outcome.ok ? null : outcome.message;
};

test('[HT10] lines are counted and kept as they are, with or without a newline at the end', () => {
  const line = fc
    .string({ unit: 'grapheme', minLength: 1 })
    .filter((text) => !text.includes('\n') && !text.startsWith('@') && text.isWellFormed());
  fc.assert(
    fc.property(fc.array(line, { minLength: 1 }), fc.constantFrom('', '\n'), (lines, end) => {
      const outcome = parseUnitLines(Buffer.from(lines.join('\n') + end));
      expect(outcome.ok && { count: outcome.lines.count, text: outcome.lines.bytes.toString(), blobs: outcome.lines.blobs }).toEqual({
        count: lines.length,
        text: lines.join('\n'),
        blobs: [],
      });
    }),
  );
});

test('[HT10] an empty body holds no lines', () => {
  expect(parseUnitLines(Buffer.alloc(0))).toMatchObject({ ok: true, lines: { count: 0 } });
});

test('[HT10] a line that names a blob is told, with its number', () => {
  const outcome = parseUnitLines(Buffer.from(`1\n@${DIGEST} 12\n2\n`));
  expect(outcome).toMatchObject({ ok: true, lines: { count: 3, blobs: [{ line: 2, payload: { blob: DIGEST, bytes: 12 } }] } });
});

test.each([
  ['1\n\n2', /^line 2 is empty/],
  ['\n', /^line 1 is empty/],
  ['\n1', /^line 1 is empty/],
  ['1\n\n', /^line 2 is empty/],
  ['1\n@nothing', /^line 2 begins with @/],
  [`@${DIGEST} 99999999999`, /^line 1 names 99999999999 bytes/],
  [`1\n2\n${'x'.repeat(64 * 1024 + 1)}`, /^line 3 is 65537 bytes long/],
  [new Uint8Array([49, 10, 0xff]), /not UTF-8/],
])('[HT10] refused, naming the line: %o', (body, message) => {
  expect(messageOf(body)).toMatch(message);
});

test('[HT10] a line of exactly the limit is taken', () => {
  expect(messageOf(`1\n${'x'.repeat(64 * 1024)}\n2`)).toBeNull();
});
