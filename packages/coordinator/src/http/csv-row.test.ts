import type { ResultRow } from '@manyhands/protocol';
import { accountId, hostId } from '@manyhands/testkit';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { CSV_HEADER, toCsvCell, toCsvRow } from './csv-row.ts';

/** RFC 4180, read back. */
function parseCell(cell: string): string {
  return cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
}

test('[HT15] any text comes back from its cell, but for the apostrophe that disarms a formula', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '1', ',', '"', '\n', '\r', '=', '-', ' ') }), (text) => {
      const cell = toCsvCell(text);
      expect([text, `'${text}`]).toContain(parseCell(cell));
      if (/[",\r\n]/.test(text)) expect(cell).toMatch(/^".*"$/s);
    }),
  );
});

test.each([
  ['=1+1', "'=1+1"],
  ['+A1', "'+A1"],
  ['-A1', "'-A1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['-12.5e-3', '-12.5e-3'],
  ['12', '12'],
])('[HT17] %o becomes %o', (text, cell) => {
  expect(toCsvCell(text)).toBe(cell);
});

test('[HT15] a row has a cell for every column', () => {
  const row: ResultRow = {
    cursor: '1',
    index: 7,
    input: '{"from":1,"to":2}',
    status: 'failed',
    error: { kind: 'thrown', message: '=BOOM()' },
    verifiedBy: [{ host: hostId(1), account: accountId(1), name: 'Ada' }],
    replicas: 3,
    endedAt: 0,
  };
  expect(toCsvRow(row)).toBe(`7,failed,"{""from"":1,""to"":2}",,thrown: =BOOM(),Ada,3,1970-01-01T00:00:00.000Z,\r\n`);
  expect(CSV_HEADER.split(',')).toHaveLength(9);
});
