import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blobsOf, decodeValue, encodeValue, type TypedArray, type Value, ValueError } from './value.ts';

const DIGEST = `sha256:${'0f'.repeat(32)}`;

/** The error of a refusal; fails if there is none. */
function refusalOf(act: () => unknown): ValueError {
  try {
    act();
  } catch (error) {
    if (error instanceof ValueError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

const anyKey = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('$', '__proto__', 'constructor', 'v', 'b64', 'blob', 'toString', ''),
);
const anyNumber = fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0);
const anyTypedArray: fc.Arbitrary<TypedArray> = fc.oneof(
  fc.uint8Array(),
  fc.int8Array(),
  fc.uint16Array(),
  fc.int16Array(),
  fc.uint32Array(),
  fc.int32Array(),
  fc.float32Array(),
  fc.float64Array(),
  fc.bigInt64Array(),
  fc.bigUint64Array(),
);
const anyValue = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(fc.constant(null), fc.boolean(), anyNumber, fc.string({ unit: 'binary' }), fc.bigInt(), anyTypedArray),
    fc.array(tie('value')),
    fc.dictionary(anyKey, tie('value')),
  ),
})).value;

describe('round trip', () => {
  test('[VA1] every value comes back from its text as it was', () => {
    fc.assert(fc.property(anyValue, (value) => deepStrictEqual(decodeValue(encodeValue(value)), plainOf(value))));
  });

  /** The same value with ordinary prototypes: fast-check also makes objects without one. */
  function plainOf(value: Value): Value {
    if (Array.isArray(value)) return value.map(plainOf);
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainOf(item)]));
  }

  test('[VA2] equal values have equal text, and encoding what was decoded changes nothing', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const text = encodeValue(value);
        expect(encodeValue(decodeValue(text))).toBe(text);
        expect(encodeValue(shuffled(value))).toBe(text);
      }),
    );
  });

  function shuffled(value: Value): Value {
    if (Array.isArray(value)) return value.map(shuffled);
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
    const entries = Object.entries(value).map(([key, item]) => [key, shuffled(item)] as const);
    return Object.fromEntries(entries.reverse());
  }

  test.each([
    [12n, '{"$":"bigint","v":"12"}'],
    [-(2n ** 70n), '{"$":"bigint","v":"-1180591620717411303424"}'],
    [new Uint8Array([1, 2, 255]), '{"$":"u8","b64":"AQL/"}'],
    [new Uint16Array([1, 0x0203]), '{"$":"u16","b64":"AQADAg=="}'],
    [new Float64Array(), '{"$":"f64","b64":""}'],
    [{ b: 1, a: [true, null, 'é'] }, '{"a":[true,null,"é"],"b":1}'],
  ] as const)('[VA8] the text of %o', (value, text) => {
    expect(encodeValue(value)).toBe(text);
    expect(decodeValue(text)).toStrictEqual(value);
  });

  test('[VA1] a view into a larger buffer is its own elements only', () => {
    const whole = new Uint32Array([1, 2, 3, 4]);
    expect(decodeValue(encodeValue(whole.subarray(1, 3)))).toStrictEqual(new Uint32Array([2, 3]));
    expect(decodeValue(encodeValue(Buffer.from('hi')))).toStrictEqual(new Uint8Array([104, 105]));
    expect(decodeValue(encodeValue(new Float64Array([9, 1.5, 9]).subarray(1, 2)))).toStrictEqual(new Float64Array([1.5]));
  });

  test('[VA8] every NaN in a float array has the same bits, and -0 keeps its sign', () => {
    const odd32 = new Float32Array(new Uint32Array([0x7fc00001, 0xffc00000]).buffer);
    expect(encodeValue(odd32)).toBe(encodeValue(new Float32Array([Number.NaN, Number.NaN])));
    const odd64 = new Float64Array(new BigUint64Array([0x7ff8000000000001n, 0xfff8000000000000n]).buffer);
    expect(encodeValue(odd64)).toBe(encodeValue(new Float64Array([Number.NaN, Number.NaN])));
    expect(decodeValue(encodeValue(new Float64Array([-0, 1])))).toStrictEqual(new Float64Array([-0, 1]));
  });
});

describe('the key $', () => {
  test.each([
    { $: 1 },
    { $: 'bigint', v: '12' },
    { $: 'object', v: { a: 1 } },
    { $: { $: { $: null } } },
    { $: 'u8', blob: DIGEST },
    { a: [{ $: 'f32', b64: '' }] },
  ] as const)('[VA3] %j comes back as it was', (value) => {
    deepStrictEqual(decodeValue(encodeValue(value)), value);
  });

  test('[VA3] an object that owns $ is wrapped, others are not', () => {
    expect(encodeValue({ $: 1 })).toBe('{"$":"object","v":{"$":1}}');
    expect(encodeValue({ $$: 1 })).toBe('{"$$":1}');
  });
});

describe('prototypes', () => {
  const text = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":1}';

  test.each([
    text,
    text.replaceAll('__proto__', '\\u005f_proto__').replaceAll('prototype', '\\u0070rototype'),
    `{"$":"object","v":${text.replace('{', '{"$":1,')}}`,
  ])('[VA6] %s has own keys and changes no prototype', (spelling) => {
    const value = decodeValue(spelling) as Record<string, Value>;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.keys(value)).toContain('__proto__');
    expect(Object.hasOwn(value, 'toString')).toBe(true);
    expect('polluted' in {}).toBe(false);
    deepStrictEqual(decodeValue(encodeValue(value)), value);
  });

  test('[VA6] an object without a prototype is plain too', () => {
    const bare = Object.assign(Object.create(null) as object, { a: 1 });
    expect(encodeValue(bare)).toBe('{"a":1}');
  });
});

describe('refusals', () => {
  const cycle: unknown[] = [];
  cycle.push([cycle]);

  test.each([
    ['NaN', { rows: [1, { x: Number.NaN }] }, '$.rows[1].x'],
    ['infinity', [Number.POSITIVE_INFINITY], '$[0]'],
    ['-0', { 'a b': -0 }, '$["a b"]'],
    ['undefined', { a: undefined }, '$.a'],
    ['undefined alone', undefined, '$'],
    ['a hole', Object.assign([1], { 2: 3 }), '$[1]'],
    ['a function', { f: () => 1 }, '$.f'],
    ['a symbol', [Symbol('s')], '$[0]'],
    ['a symbol key', { a: { [Symbol('s')]: 1 } }, '$.a'],
    ['a cycle', cycle, '$[0][0]'],
    ['a Date', { when: new Date(0) }, '$.when'],
    ['a Map', new Map(), '$'],
    ['an instance', { e: new (class Thing {})() }, '$.e'],
    ['an instance of a nameless class', { e: new (class {})() }, '$.e'],
    ['an object that inherits', Object.create({ a: 1 }), '$'],
    ['a boxed number', [Object(1)], '$[0]'],
    ['a DataView', { view: new DataView(new ArrayBuffer(1)) }, '$.view'],
    ['clamped bytes', new Uint8ClampedArray(1), '$'],
    ['an ArrayBuffer', new ArrayBuffer(1), '$'],
    ['half a surrogate pair', { s: ['a\uD800'] }, '$.s[0]'],
    ['half a surrogate pair as a key', { 'a\uDC00': 1 }, '$["a\\udc00"]'],
  ])('[VA4] %s is refused with its path', (_, value, path) => {
    const error = refusalOf(() => encodeValue(value));
    expect(error.path).toBe(path);
    expect(error.message.startsWith(`${path}: `)).toBe(true);
    expect(error.name).toBe('ValueError');
  });

  test('[VA4] the same object twice is no cycle', () => {
    const shared = { a: 1 };
    expect(encodeValue([shared, shared])).toBe('[{"a":1},{"a":1}]');
  });

  test.each([
    ['no JSON', '{"a":', '$'],
    ['nothing', '', '$'],
    ['a number beyond all', '[1,1e999]', '$[1]'],
    ['-0', '{"a":-0}', '$.a'],
    ['half a surrogate pair', '{"a":["\\ud800"]}', '$.a[0]'],
    ['half a surrogate pair as a key', '{"\\udc00":1}', '$["\\udc00"]'],
    ['an unknown tag', '[{"$":"f16","b64":""}]', '$[0]'],
    ['a tag that is no string', '{"$":1,"v":"1"}', '$'],
    ['a tag named as an inherited property', '{"$":"toString","b64":""}', '$'],
    ['a tag without content', '{"$":"bigint"}', '$'],
    ['a tag with too much', '{"$":"u8","b64":"","x":1}', '$'],
    ['both forms at once', `{"$":"u8","b64":"","blob":"${DIGEST}"}`, '$'],
    ['a bigint with a fraction', '{"a":{"$":"bigint","v":"1.5"}}', '$.a'],
    ['a bigint that is no string', '{"$":"bigint","v":1}', '$'],
    ['a wrapped array', '{"$":"object","v":[]}', '$'],
    ['a wrapped null', '{"$":"object","v":null}', '$'],
    ['a wrapped string', '{"$":"object","v":"x"}', '$'],
    ['bytes that are no string', '{"$":"u8","b64":1}', '$'],
    ['malformed base64', '{"$":"u8","b64":"?"}', '$'],
    ['half an element', '{"x":{"$":"u16","b64":"AA=="}}', '$.x'],
    ['a blob by a malformed digest', '{"$":"u8","blob":"../../secret"}', '$'],
    ['a blob by no string', '{"$":"u8","blob":1}', '$'],
  ])('[VA7] text with %s is refused with the path', (_, text, path) => {
    expect(refusalOf(() => decodeValue(text, { blob: () => new Uint8Array() })).path).toBe(path);
  });
});

describe('nesting', () => {
  const nested = (depth: number): Value => (depth === 0 ? 1 : depth % 2 === 0 ? [nested(depth - 1)] : { a: nested(depth - 1) });
  const textOf = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

  test('[VA5] 99 and 100 deep is a value, 101 is not', () => {
    for (const depth of [99, 100]) {
      expect(decodeValue(encodeValue(nested(depth)))).toEqual(nested(depth));
      expect(() => decodeValue(textOf(depth))).not.toThrow();
    }
    expect(refusalOf(() => encodeValue(nested(101))).message).toContain('nested deeper than 100');
    expect(refusalOf(() => decodeValue(textOf(101))).message).toContain('nested deeper than 100');
  });

  test('[VA5] a wrapped object counts once, so all that can be written can be read', () => {
    let value: Value = { $: 1 };
    for (let i = 1; i < 100; i++) value = { $: value };
    expect(decodeValue(encodeValue(value))).toEqual(value);
  });

  test('[VA5] a bomb of a hundred thousand brackets is refused like any other', () => {
    expect(refusalOf(() => decodeValue(textOf(100_000))).path).toContain('[0]');
    expect(refusalOf(() => blobsOf(`${textOf(100_000)} "sha256:"`)).message).toBeTruthy();
  });
});

describe('blobs', () => {
  test('[VA9] bytes that are part of a larger buffer are read as what they are', () => {
    const bytes = new Uint8Array([9, 1, 2, 9]).subarray(1, 3);
    for (const part of [bytes, Buffer.from(bytes)]) {
      expect(decodeValue(`{"$":"u8","blob":"${DIGEST}"}`, { blob: () => part })).toEqual(new Uint8Array([1, 2]));
    }
  });

  const bytes = new Uint8Array([1, 0, 2, 0]);

  test('[VA9] lifted bytes are named in the text and read back', () => {
    const lifted: Uint8Array[] = [];
    const text = encodeValue(
      { big: new Uint16Array([1, 2]), small: new Uint8Array([7]) },
      { lift: (content) => (content.length < 2 || lifted.push(content) === 0 ? null : DIGEST) },
    );
    expect(text).toBe(`{"big":{"$":"u16","blob":"${DIGEST}"},"small":{"$":"u8","b64":"Bw=="}}`);
    expect(lifted).toEqual([bytes]);
    const value = decodeValue(text, { blob: (digest) => (digest === DIGEST ? bytes : new Uint8Array()) });
    expect(value).toStrictEqual({ big: new Uint16Array([1, 2]), small: new Uint8Array([7]) });
  });

  test('[VA9] without blobs at hand, text that needs one is refused', () => {
    const error = refusalOf(() => decodeValue(`{"x":{"$":"u16","blob":"${DIGEST}"}}`));
    expect(error.path).toBe('$.x');
    expect(error.message).toContain(DIGEST);
  });

  const other = DIGEST.replaceAll('0f', 'a1');
  test.each([
    ['none', '{"a":1}', []],
    ['none, though a string looks like one', `["${DIGEST}"]`, []],
    ['none, though an object of the author looks like one', encodeValue({ $: 'u8', blob: DIGEST }), []],
    ['one, twice', `[{"$":"u8","blob":"${DIGEST}"},{"$":"u8","blob":"${DIGEST}"}]`, [DIGEST]],
    ['two', `[{"$":"u8","blob":"${other}"},{"a":{"$":"f64","blob":"${DIGEST}"}}]`, [other, DIGEST]],
    ['one with white space', `{ "$" : "u8" , "blob" : "${DIGEST}" }`, [DIGEST]],
    ['one spelled with escapes', `{"\\u0024":"u8","bl\\u006fb":"sha256\\u003a${'0f'.repeat(32)}"}`, [DIGEST]],
    ['none, with an escape', '["\\n"]', []],
  ])('[VA10] %s', (_, text, digests) => {
    expect(blobsOf(text)).toEqual(digests);
  });

  test('[VA10] text that cannot be decoded is refused, not half read', () => {
    expect(refusalOf(() => blobsOf(`[{"$":"u8","blob":"${DIGEST}"},{"$":"u8","blob":"sha256:x"}]`)).path).toBe('$[1]');
  });
});
