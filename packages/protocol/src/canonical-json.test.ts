import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, type Json } from './canonical-json.ts';

const anyJson = fc.jsonValue({ stringUnit: 'binary' }) as fc.Arbitrary<Json>;

test('[VA2] canonical text is JSON for the same thing', () => {
  fc.assert(fc.property(anyJson, (json) => deepStrictEqual(JSON.parse(canonicalJson(json)), JSON.parse(JSON.stringify(json)))));
});

test('[VA2] the text of an object does not depend on the order in which its keys were set', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), anyJson), (object) => {
      const reversed = Object.fromEntries(Object.entries(object).reverse());
      expect(canonicalJson(reversed)).toBe(canonicalJson(object));
    }),
  );
});

test('[VA2] keys are sorted by UTF-16 code units and there is no white space', () => {
  // U+1F600 is written with surrogates (0xD83D …) and so comes before U+FFFD, though its code point is higher.
  const object = { '\uFFFD': 1, '\u{1F600}': [2, { z: null, a: 'x y' }], B: true, a: 1e21, 10: 0.1, 9: -5 };
  expect(canonicalJson(object)).toBe('{"10":0.1,"9":-5,"B":true,"a":1e+21,"\u{1F600}":[2,{"a":"x y","z":null}],"\uFFFD":1}');
});
