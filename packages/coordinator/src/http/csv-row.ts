/** Results as CSV (RFC 4180). A cell a spreadsheet would take for a formula is prefixed with an apostrophe: workers write error messages. */
import type { Payload, ResultRow } from '@manyhands/protocol';
import { toPayloadLine } from '../domain/payload-line.ts';

export const CSV_HEADER = 'index,status,input,output,error,verified_by,replicas,ended_at,corrects\r\n';

const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

export function toCsvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const payloadText = (payload: Payload | undefined): string => (payload === undefined ? '' : toPayloadLine(payload));

export function toCsvRow(row: ResultRow): string {
  const cells = [
    String(row.index),
    row.status,
    payloadText(row.input),
    payloadText(row.output),
    row.error === undefined ? '' : `${row.error.kind}: ${row.error.message}`,
    row.verifiedBy.map(({ name, account }) => name ?? account).join(' '),
    String(row.replicas),
    new Date(row.endedAt).toISOString(),
    row.corrects?.reason ?? '',
  ];
  return `${cells.map(toCsvCell).join(',')}\r\n`;
}
