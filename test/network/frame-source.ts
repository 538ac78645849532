/** Frames for one connection, by chance: most fit the protocol, some are one edit away, some are bytes. Leases that are really held are quoted in them. */
import { type Json, type LeaseRef, LIMITS, parseFrame } from '@manyhands/protocol';
import type * as z from 'zod';
import type { Chance } from '../simulation/chance.ts';
import { edited, mutated, rawBytes } from './frame-edits.ts';
import { type Arbitrary, arbitrariesOf } from './schema-arbitrary.ts';

export interface Frame {
  readonly kind: string;
  /** What is sent as a text frame, be it well-formed or not. */
  readonly data: string | Buffer;
  readonly isBinary: boolean;
  /** The message, when it fits the protocol; null: it must be refused. */
  readonly message: { readonly type: string; readonly more?: boolean } | null;
  /** Set when the parser let through what is wrong by construction. */
  readonly finding: string | null;
}

export interface Mix {
  /** Share of frames that fit the protocol. */
  readonly valid: number;
}

type Message = { type: string };

export class FrameSource {
  readonly #schema: z.ZodType;
  readonly #members: readonly Arbitrary[];

  constructor(schema: z.ZodType) {
    this.#schema = schema;
    this.#members = arbitrariesOf(schema);
  }

  draw(chance: Chance, { valid }: Mix, held: readonly LeaseRef[] = []): Frame {
    if (chance.isTrue(valid)) return this.drawValid(chance, held, () => true);
    const message = withHeld(chance.pick(this.#members)(chance), held, chance);
    const how = chance.int(0, 9);
    if (how < 6) return this.#judged(edited(message, chance));
    if (how < 8) return this.#judged(mutated(JSON.stringify(message), chance));
    if (how === 8) return { kind: 'bytes as text', data: rawBytes(chance), isBinary: false, message: null, finding: null };
    return { kind: 'a binary frame', data: Buffer.from(JSON.stringify(message)), isBinary: true, message: null, finding: null };
  }

  /** One that fits the protocol, of a type that is wanted. */
  drawValid(chance: Chance, held: readonly LeaseRef[], isWanted: (type: string) => boolean): Frame {
    for (;;) {
      const message = chance.pick(this.#members)(chance) as { type: string };
      if (!isWanted(message.type)) continue;
      const text = JSON.stringify(withHeld(message, held, chance));
      // What is drawn from the schema fits it (NW1); only a thousand long payloads are more than a frame holds.
      if (Buffer.byteLength(text) <= LIMITS.frameBytes) return { kind: 'valid', data: text, isBinary: false, message, finding: null };
    }
  }

  #judged({ kind, text, expected }: { kind: string; text: string; expected: 'refused' | 'either' }): Frame {
    // The socket counts bytes, the parser characters.
    const parsed = Buffer.byteLength(text) > LIMITS.frameBytes ? null : parseFrame(this.#schema, text.toWellFormed());
    const message = parsed?.ok ? (parsed.message as Message) : null;
    const finding = message !== null && expected === 'refused' ? `${kind}: let through` : null;
    return { kind, data: text.toWellFormed(), isBinary: false, message, finding };
  }
}

/** Half of the places that name a lease name one that is really held. */
function withHeld<T extends Json>(message: T, held: readonly LeaseRef[], chance: Chance): T {
  if (held.length > 0) for (const node of refsIn(message)) if (chance.isTrue(0.5)) Object.assign(node, chance.pick(held));
  return message;
}

function refsIn(value: Json): object[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'lease' in value && 'job' in value && 'index' in value ? [value] : [];
  return [...own, ...Object.values(value).flatMap(refsIn)];
}
