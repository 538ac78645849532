/** A payload as one line of NDJSON: the text itself when inline, `@sha256:… BYTES` when it is a blob. No JSON text begins with `@`. */
import type { Digest, Payload } from '@manyhands/protocol';

export const toPayloadLine = (payload: Payload): string => (typeof payload === 'string' ? payload : `@${payload.blob} ${payload.bytes}`);

/** null: the line is no payload. */
export function parsePayloadLine(line: string): Payload | null {
  if (!line.startsWith('@')) return line.length > 0 ? line : null;
  const match = /^@(sha256:[0-9a-f]{64}) (\d{1,12})$/.exec(line);
  return match === null ? null : { blob: match[1] as Digest, bytes: Number(match[2]) };
}
