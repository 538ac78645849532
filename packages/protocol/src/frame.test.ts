import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { DOWNSTREAM, UPSTREAM } from '../test/sample-messages.ts';
import { downstreamSchema } from './downstream.ts';
import { jsonShapeFault, parseFrame } from './frame.ts';
import { LIMITS } from './limits.ts';
import { upstreamSchema } from './upstream.ts';

const anything = z.unknown();
const parse = (text: string) => parseFrame(upstreamSchema, text);

/** The reason of a refusal; fails if the frame was accepted. */
function reasonOf(text: string, schema: z.ZodType = upstreamSchema): string {
  const outcome = parseFrame(schema, text);
  if (outcome.ok) throw new Error('was accepted');
  return outcome.reason;
}

test.each([...Object.values(UPSTREAM), ...Object.values(DOWNSTREAM)])('[PR4] a frame with $type is its message', (message) => {
  expect(parseFrame(z.union([upstreamSchema, downstreamSchema]), JSON.stringify(message))).toEqual({ ok: true, message });
});

test('[PR4] what is wrong is found in order: size, depth, prototype, JSON, schema', () => {
  const deep = '['.repeat(LIMITS.frameDepth + 1);
  const pad = ' '.repeat(LIMITS.frameBytes);
  expect(reasonOf(`${deep}{"__proto__": !${pad}`)).toContain('larger');
  expect(reasonOf(`${deep}{"__proto__": !`)).toContain('nested deeper');
  expect(reasonOf('{"__proto__": !')).toContain('__proto__');
  expect(reasonOf('{"a": !')).toBe('frame is not JSON');
  expect(reasonOf('{"a": 1}')).toContain('does not fit the protocol: type:');
  expect(reasonOf('null')).toContain('does not fit the protocol: message:');
  expect(reasonOf('{"type":"renew","leases":[{"lease":"x"}],"more":1}')).toContain('leases.0.lease');
});

test('[PR4] checking never throws, whatever arrives', () => {
  const nearJson = fc.string({ unit: fc.constantFrom(...'{}[]",:\\ue0typehlo_1-.\u0000é\uD800'), maxLength: 200 });
  fc.assert(
    fc.property(fc.oneof(nearJson, fc.string({ unit: 'binary' }), fc.json()), (text) => {
      expect(typeof parse(text).ok).toBe('boolean');
    }),
    { numRuns: 2_000 },
  );
});

describe('limits', () => {
  test.each([LIMITS.frameBytes - 1, LIMITS.frameBytes, LIMITS.frameBytes + 1])('[PR5] a frame of %d characters', (length) => {
    const text = `"${'x'.repeat(length - 2)}"`;
    expect(parseFrame(anything, text).ok).toBe(length <= LIMITS.frameBytes);
  });

  test.each([LIMITS.frameDepth - 1, LIMITS.frameDepth, LIMITS.frameDepth + 1])('[PR5] a frame of %d levels', (depth) => {
    const fits = depth <= LIMITS.frameDepth;
    expect(parseFrame(anything, '['.repeat(depth) + ']'.repeat(depth)).ok).toBe(fits);
    expect(parseFrame(anything, '{"a":'.repeat(depth) + 1 + '}'.repeat(depth)).ok).toBe(fits);
  });

  test('[PR5] depth is what JSON.parse would build', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: 'binary', maxDepth: 8 }), fc.nat(10), (text, limit) => {
        expect(jsonShapeFault(text, { depth: limit, keys: Number.POSITIVE_INFINITY }) === 'depth').toBe(depthOf(JSON.parse(text)) > limit);
      }),
    );
  });

  const depthOf = (json: unknown): number =>
    typeof json === 'object' && json !== null ? 1 + Math.max(0, ...Object.values(json).map(depthOf)) : 0;

  test.each(['"[[[["', '["\\"[[", "\\\\"]', '"\\\\\\"[["', '"[[[['])('[PR5] brackets in the string of %s do not count', (text) => {
    expect(jsonShapeFault(text, { depth: 1, keys: 1 })).toBeNull();
  });

  test.each([LIMITS.frameKeys - 1, LIMITS.frameKeys, LIMITS.frameKeys + 1])('[PR5] an object of %d keys, wherever it stands', (count) => {
    const object = JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, ':{":'])));
    for (const text of [object, `[{"a":{"b":1}},${object}]`, `{"a":{"b":${object}},"c":1}`]) {
      expect(parseFrame(anything, text).ok, text.slice(0, 30)).toBe(count <= LIMITS.frameKeys);
    }
  });

  test('[PR5] keys are counted for each object alone, as JSON.parse would give them to it', () => {
    const most = (json: unknown): number =>
      typeof json !== 'object' || json === null
        ? 0
        : Math.max(Array.isArray(json) ? 0 : Object.keys(json).length, ...Object.values(json).map(most));
    fc.assert(
      fc.property(fc.json({ stringUnit: 'binary', maxDepth: 5 }), fc.nat(6), (text, keys) => {
        const json: unknown = JSON.parse(text);
        expect(jsonShapeFault(text, { depth: Number.POSITIVE_INFINITY, keys }) === 'keys').toBe(most(json) > keys);
      }),
    );
  });
});

describe('prototypes', () => {
  const spellings = (word: string): string[] => [
    word,
    word.replaceAll('_', '\\u005f'),
    word.replaceAll('o', '\\u006F'),
    `\\u${word.charCodeAt(0).toString(16).padStart(4, '0')}${word.slice(1)}`,
  ];

  test.each(['__proto__', 'constructor', 'prototype'].flatMap(spellings))(
    '[PR6] a key %s is refused at every place of every message',
    (key) => {
      for (const message of [...Object.values(UPSTREAM), ...Object.values(DOWNSTREAM)]) {
        const text = JSON.stringify(message);
        for (const { index } of text.matchAll(/\{/g)) {
          const hostile = `${text.slice(0, index)}{"${key}" :{"polluted":1},${text.slice(index + 1)}`;
          expect(parseFrame(z.union([upstreamSchema, downstreamSchema]), hostile).ok).toBe(false);
        }
      }
      expect('polluted' in {}).toBe(false);
    },
  );

  test.each(['__proto__', 'constructor'])('[PR6] %s as a name or in a payload is as good as any other', (word) => {
    const outputs = [JSON.stringify(word), JSON.stringify({ [word]: 1 }), JSON.stringify({ [word]: { [word]: word } })];
    for (const output of outputs) {
      const results = [{ ...UPSTREAM.submit.results[0], output }];
      expect(parse(JSON.stringify({ ...UPSTREAM.submit, results })).ok).toBe(true);
    }
    expect(parse(JSON.stringify({ ...UPSTREAM.hello, displayName: word })).ok).toBe(true);
  });
});

test('[PR7] every reason is printable ASCII of at most 120 characters, whatever was sent', () => {
  const anyFrame = fc.dictionary(fc.string({ unit: 'binary', minLength: 1 }), fc.jsonValue(), { minKeys: 1 });
  fc.assert(
    fc.property(anyFrame, fc.constantFrom(...Object.values(UPSTREAM)), (extra, message) => {
      const reason = reasonOf(JSON.stringify({ ...extra, ...message }));
      expect(reason).toMatch(/^[\x20-\x7e]{1,120}$/);
    }),
  );
  expect(reasonOf(JSON.stringify({ ...UPSTREAM.renew, ['é'.repeat(500)]: 1 }))).toMatch(/^[\x20-\x7e]{120}$/);
});
