/**
 * From the text of a frame to a checked message. WebSocket frames do not pass Fastify's JSON guards,
 * so these stand here, in this order: size, depth, names that reach for a prototype, schema.
 */
import type * as z from 'zod';
import { LIMITS } from './limits.ts';

export type FrameOutcome<T> = { ok: true; message: T } | { ok: false; reason: string };

const refuse = (reason: string) => ({ ok: false, reason }) as const;

/** Depth of nesting, counted on the text so that a deep bomb is never parsed. Brackets inside strings do not count. */
export function jsonDepthExceeds(text: string, limit: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 34) {
      i = endOfString(text, i);
    } else if (c === 123 || c === 91) {
      if (++depth > limit) return true;
    } else if (c === 125 || c === 93) depth--;
  }
  return false;
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
  if (text.length > LIMITS.frameBytes) return refuse(`frame larger than ${LIMITS.frameBytes} bytes`);
  if (jsonDepthExceeds(text, LIMITS.frameDepth)) return refuse(`frame nested deeper than ${LIMITS.frameDepth}`);
  // Strict schemas refuse unknown keys; this also refuses them where a string key could still name a prototype.
  if (text.includes('"__proto__"') || text.includes('"constructor"')) return refuse('frame names __proto__ or constructor');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return refuse('frame is not JSON');
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { ok: true, message: parsed.data };
  const issue = parsed.error.issues[0];
  return refuse(`frame does not fit the protocol: ${issue?.path.join('.') || 'message'}: ${issue?.message ?? 'invalid'}`.slice(0, 120));
}
