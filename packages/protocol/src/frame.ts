/**
 * From the text of a frame to a checked message. WebSocket frames do not pass Fastify's JSON guards,
 * so these stand here, in this order: size, shape, names that reach for a prototype, schema.
 */
import type * as z from 'zod';
import { LIMITS } from './limits.ts';

export type FrameOutcome<T> = { ok: true; message: T } | { ok: false; reason: string };

/** A close reason holds 123 bytes, and what came over the wire may be quoted in it: printable ASCII, and no longer. */
const refuse = (reason: string) => ({ ok: false, reason: reason.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 120) }) as const;

/**
 * Depth of nesting and keys of one object, counted on the text so that a bomb is never parsed: both cost far more than an honest frame of that size.
 * Brackets and colons inside strings do not count. null: within both limits.
 */
export function jsonShapeFault(text: string, limits: { readonly depth: number; readonly keys: number }): 'depth' | 'keys' | null {
  let depth = 0;
  /** Of the objects around, by their depth. */
  const keys: number[] = [0];
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 34) {
      i = endOfString(text, i);
    } else if (c === 58) {
      const count = (keys[depth] as number) + 1;
      if (count > limits.keys) return 'keys';
      keys[depth] = count;
    } else if (c === 123 || c === 91) {
      if (++depth > limits.depth) return 'depth';
      keys[depth] = 0;
    } else if (c === 125 || c === 93) depth--;
  }
  return null;
}

/** Index of the quote that closes the string opened at `from`, or the text's end. */
function endOfString(text: string, from: number): number {
  let at = text.indexOf('"', from + 1);
  while (at !== -1) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === 92) slashes++;
    if (slashes % 2 === 0) return at;
    at = text.indexOf('"', at + 1);
  }
  return text.length;
}

/** Parses and checks one frame. Never throws; a refusal says what was wrong in words fit for a close reason. */
export function parseFrame<T>(schema: z.ZodType<T>, text: string): FrameOutcome<T> {
  // Characters, never more than the bytes that the socket's own limit counts.
  if (text.length > LIMITS.frameBytes) return refuse(`frame larger than ${LIMITS.frameBytes} bytes`);
  const fault = jsonShapeFault(text, { depth: LIMITS.frameDepth, keys: LIMITS.frameKeys });
  if (fault === 'depth') return refuse(`frame nested deeper than ${LIMITS.frameDepth}`);
  if (fault === 'keys') return refuse(`frame has an object of more than ${LIMITS.frameKeys} keys`);
  // Strict schemas refuse these keys too, also when spelled with escapes; this is before anything is parsed.
  if (/"(?:__proto__|constructor)"\s*:/.test(text)) return refuse('frame has a key __proto__ or constructor');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return refuse('frame is not JSON');
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { ok: true, message: parsed.data };
  return refuse(`frame does not fit the protocol: ${firstIssue(parsed.error)}`);
}

function firstIssue({ issues }: z.ZodError): string {
  const [{ path, message }] = issues as [z.core.$ZodIssue];
  return `${path.join('.') || 'message'}: ${message}`;
}
