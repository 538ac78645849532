import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Value } from './value.ts';
import { agreesWithin } from './within.ts';

const TENTH = { abs: 0.1, rel: 0 };
const PERCENT = { abs: 0, rel: 0.01 };

test.each<[string, Value, Value, boolean]>([
  ['numbers at the bound', 1, 1.01, true],
  ['numbers beyond it', 1, 1.02, false],
  ['infinities', Float64Array.of(Infinity), Float64Array.of(Infinity), true],
  ['an infinity and a number', Float64Array.of(Infinity), Float64Array.of(1e300), false],
  ['a number and an infinity', Float64Array.of(1e300), Float64Array.of(-Infinity), false],
  ['NaNs', Float32Array.of(NaN), Float32Array.of(NaN), true],
  ['zeros of both signs', Float64Array.of(0), Float64Array.of(-0), true],
  ['a number and a NaN', Float32Array.of(1), Float32Array.of(NaN), false],
  ['typed arrays, element by element', Uint8Array.of(100, 200), Uint8Array.of(101, 200), true],
  ['typed arrays with one element apart', Uint8Array.of(100, 200), Uint8Array.of(102, 200), false],
  ['typed arrays of different types', Uint8Array.of(1), Int8Array.of(1), false],
  ['typed arrays of different lengths', Uint8Array.of(1), Uint8Array.of(1, 1), false],
  ['big integers in arrays', BigInt64Array.of(1000n), BigInt64Array.of(1001n), false],
  ['a typed array and a list', Uint8Array.of(1), [1], false],
  ['lists', [100, 'x'], [100.5, 'x'], true],
  ['lists of different lengths', [1], [1, 1], false],
  ['a list and an object', [1], { 0: 1 }, false],
  ['objects', { a: 100, b: { c: 5n } }, { b: { c: 5n }, a: 101 }, true],
  ['objects with other keys', { a: 1 }, { b: 1 }, false],
  ['objects with more keys', { a: 1 }, { a: 1, b: 1 }, false],
  ['texts', 'one', 'one', true],
  ['texts that look like near numbers', '1', '1.001', false],
  ['big integers', 1000n, 1001n, false],
  ['booleans', true, false, false],
  ['nulls', null, null, true],
  ['null and an object', null, {}, false],
  ['an object and null', {}, null, false],
  ['a number and a text', 1, '1', false],
])('[JU8] within a percent: %s', (_, a, b, agree) => {
  expect(agreesWithin(a, b, PERCENT)).toBe(agree);
  expect(agreesWithin(b, a, PERCENT)).toBe(agree);
});

test('[JU8] the larger of the two tolerances decides', () => {
  expect(agreesWithin(1, 1.09, TENTH)).toBe(true);
  expect(agreesWithin(100, 100.9, TENTH)).toBe(false);
  expect(agreesWithin(100, 100.9, { abs: 0.1, rel: 0.01 })).toBe(true);
  expect(agreesWithin(0, 0.05, { abs: 0.1, rel: 0.01 })).toBe(true);
});

const scalar = fc.oneof(fc.double({ noDefaultInfinity: true, noNaN: true }), fc.string(), fc.boolean(), fc.bigInt(), fc.constant(null));
const value = fc.letrec<{ node: Value }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.float64Array({ maxLength: 4 }),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(fc.string({ maxLength: 2 }), tie('node'), { maxKeys: 3 }),
  ),
})).node;
const tolerance = fc.record({
  abs: fc.double({ min: 0, noDefaultInfinity: true, noNaN: true }),
  rel: fc.double({ min: 0, max: 1, noNaN: true }),
});

test('[JU8] agreement is symmetric, everything agrees with itself, and without tolerance nothing else does', () => {
  fc.assert(
    fc.property(value, value, tolerance, (a, b, within) => {
      expect(agreesWithin(a, b, within)).toBe(agreesWithin(b, a, within));
      expect(agreesWithin(a, a, { abs: 0, rel: 0 })).toBe(true);
    }),
  );
  fc.assert(
    fc.property(fc.double(), fc.double(), (a, b) => {
      expect(agreesWithin(a, b, { abs: 0, rel: 0 })).toBe(a === b || (Number.isNaN(a) && Number.isNaN(b)));
    }),
  );
});
