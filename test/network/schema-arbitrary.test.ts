import { downstreamSchema, parseFrame, upstreamSchema } from '@manyhands/protocol';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { Chance } from '../simulation/chance.ts';
import { edited } from './frame-edits.ts';
import { arbitrariesOf, arbitraryOf } from './schema-arbitrary.ts';

const MESSAGES = 2_000;

describe.each([
  ['up', upstreamSchema],
  ['down', downstreamSchema],
] as const)('%s', (_, schema) => {
  const drawn = arbitrariesOf(schema);

  test('[NW1] what is drawn from a schema fits it, in every member of it', () => {
    const chance = new Chance(1);
    for (let i = 0; i < MESSAGES; i++) {
      const text = JSON.stringify(chance.pick(drawn)(chance));
      const frame = parseFrame(schema as z.ZodType, text);
      // A thousand long payloads are more than a frame holds.
      if (!frame.ok && !frame.reason.startsWith('frame larger')) expect.fail(`${frame.reason}: ${text.slice(0, 500)}`);
    }
  });

  test('[NW1] an edit that breaks a message by its kind is refused by the parser, and others leave some as they may be', () => {
    const chance = new Chance(2);
    const fates = new Map<string, Set<boolean>>();
    for (let i = 0; i < MESSAGES; i++) {
      const { kind, text, expected } = edited(chance.pick(drawn)(chance), chance);
      const { ok } = parseFrame(schema as z.ZodType, text);
      if (expected === 'refused' && ok) expect.fail(`${kind} was let through: ${text.slice(0, 500)}`);
      fates.set(kind, (fates.get(kind) ?? new Set()).add(ok));
    }
    expect(fates.size).toBe(16);
    // Of a key that stands twice the last counts, here and everywhere: there is one parser.
    fates.delete('a key twice');
    expect([...fates].filter(([, fate]) => !fate.has(false))).toEqual([]);
  });
});

test('[NW1] a schema that values cannot be drawn from is no silent gap', () => {
  expect(() => arbitraryOf(z.record(z.string(), z.int()))).toThrow('no values can be drawn');
  expect(() => arbitraryOf(z.strictObject({ a: z.string().regex(/^(a|b)+$/) }))).toThrow('no text can be drawn');
  expect(() => arbitraryOf(z.unknown())).toThrow('no values can be drawn');
});
