/**
 * An NDJSON body of inputs, looked at as bytes: where its lines end and how long they are, never what is in them.
 * JSON is not parsed: a unit costs well under a microsecond here (bench: publish).
 */
import { isUtf8 } from 'node:buffer';
import { LIMITS, type Payload } from '@manyhands/protocol';
import { parsePayloadLine } from '../domain/payload-line.ts';

export interface UnitLines {
  /** The lines without the newline of the last one. */
  readonly bytes: Buffer;
  readonly count: number;
  /** Those that name a blob, by line number from 1. */
  readonly blobs: readonly { readonly line: number; readonly payload: Exclude<Payload, string> }[];
}
export type UnitLinesOutcome = { readonly ok: true; readonly lines: UnitLines } | { readonly ok: false; readonly message: string };

const NEWLINE = 10;
const AT = 64;

const refuse = (line: number, problem: string): UnitLinesOutcome => ({ ok: false, message: `line ${line} ${problem}` });

export function parseUnitLines(body: Buffer): UnitLinesOutcome {
  const bytes = body.at(-1) === NEWLINE ? body.subarray(0, -1) : body;
  if (body.length === 0) return { ok: true, lines: { bytes, count: 0, blobs: [] } };
  if (!isUtf8(bytes)) return { ok: false, message: 'the body is not UTF-8' };
  const blobs: { line: number; payload: Exclude<Payload, string> }[] = [];
  let line = 0;
  for (let start = 0; start <= bytes.length; ) {
    line++;
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    if (end === start) return refuse(line, 'is empty; every line must be the input of one unit');
    if (end - start > LIMITS.inlinePayloadBytes) {
      return refuse(
        line,
        `is ${end - start} bytes long; above ${LIMITS.inlinePayloadBytes} bytes store the input as a blob and send its name`,
      );
    }
    if (bytes[start] === AT) {
      const payload = parsePayloadLine(bytes.toString('latin1', start, end));
      if (payload === null || typeof payload === 'string') return refuse(line, 'begins with @ but is not `@sha256:… BYTES`');
      if (payload.bytes > LIMITS.payloadBytes)
        return refuse(line, `names ${payload.bytes} bytes; an input may have ${LIMITS.payloadBytes}`);
      blobs.push({ line, payload });
    }
    start = end + 1;
  }
  return { ok: true, lines: { bytes, count: line, blobs } };
}
