/** What a task finds around it, seen from the inside of a real isolate. */
import { createHash } from 'node:crypto';
import type { Value } from '@manyhands/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openIsolateSandbox, type Runner, type Sandbox } from '../../packages/sandbox/src/index.ts';
import { bundleOf, executionOf, resultOf, taskOf } from '../../packages/sandbox/src/testing/tasks.ts';

/** Evaluates the input as the body of a function. */
const EVALUATOR = bundleOf(`run: (source, ctx) => new Function('ctx', source)(ctx)`);
const FROZEN_AT = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

let sandbox: Sandbox;
let runner: Runner;
beforeAll(async () => {
  sandbox = await openIsolateSandbox({ threads: 1 });
  runner = await sandbox.openRunner(taskOf(EVALUATOR, { limits: { outputBytes: 1_000_000 } }));
});
afterAll(async () => {
  await runner[Symbol.asyncDispose]();
  await sandbox[Symbol.asyncDispose]();
});
const evaluate = async (source: string, on = runner): Promise<Value> =>
  resultOf(await on.run(executionOf(source, { frozenAt: FROZEN_AT })));

test('[SB2] the global scope holds names of the language and nothing else', async () => {
  const names = (await evaluate('return Object.getOwnPropertyNames(globalThis).sort()')) as string[];
  const beside = ['TextDecoder', 'TextEncoder', 'WebAssembly', 'manyhandsTask', 'queueMicrotask'];
  const language = new Set(Object.getOwnPropertyNames(globalThis));
  expect(names.filter((name) => !language.has(name) && !beside.includes(name))).toEqual([]);
  expect(names).toEqual(expect.arrayContaining([...beside, 'Array', 'BigInt', 'Map', 'Promise']));
});

test.each(
  `Intl Temporal WeakRef FinalizationRegistry SharedArrayBuffer Atomics console process require global Buffer performance crypto fetch XMLHttpRequest WebSocket
  setTimeout setInterval setImmediate structuredClone navigator guest install ShadowRealm`.split(/\s+/),
)('[SB2] there is no %s', async (name) => {
  expect(await evaluate(`return typeof ${name}`)).toBe('undefined');
});

test('[SB3] every way to ask for the time gives the frozen one', async () => {
  const asked = `[Date.now(), new Date().getTime(), +new Date(), Date.parse(Date()), Reflect.construct(Date, []).getTime(), new Date().constructor.now(),
    new (class extends Date {})().getTime(), Date.prototype.constructor.now(), new Date(new Date()).getTime()]`;
  const times = (await evaluate(`return ${asked}`)) as number[];
  // Date() as text has whole seconds.
  expect(times.map((time) => Math.floor(time / 1000))).toEqual(times.map(() => Math.floor(FROZEN_AT / 1000)));
});

test('[SB3] dates other than now are as ever, in UTC', async () => {
  expect(
    await evaluate(
      'return [new Date(2024, 1, 29).toISOString(), Date.UTC(1970, 0, 2), new Date("2020-01-01").getTimezoneOffset(), Date.length, Date.name]',
    ),
  ).toEqual(['2024-02-29T00:00:00.000Z', 86_400_000, 0, 7, 'Date']);
});

test('[SB3] a task that replaces the built-ins under our feet gets no clock from it', async () => {
  const source = `
    const caught = [];
    const take = (target) => { caught.push(target === Date ? 'frozen' : typeof target?.now); return {}; };
    Reflect.construct = take; Reflect.apply = take;
    Function.prototype.call = function () { return take(this); };
    new Date(); Date(); new Date().toLocaleString(); new ArrayBuffer(8);
    return caught;`;
  expect(await evaluate(source)).toEqual([]);
});

test('[SB3] neither stack traces nor callers hand out what stands below a task', async () => {
  const source = `
    const found = [];
    try { Error.prepareStackTrace = (error, sites) => sites; } catch (error) { found.push(error.name); }
    let caller = null;
    const spy = function spy() { try { caller = spy.caller; } catch {} found.push(typeof new Error().stack); return 1; };
    new Date({ valueOf: spy });
    return [found, caller === null, typeof Error.captureStackTrace, Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace').writable];`;
  expect(await evaluate(source)).toEqual([['string'], true, 'undefined', false]);
});

test('[SB3] Math.random and ctx.random are one sequence', async () => {
  const mixed = (await evaluate('return [Math.random(), ctx.random(), Math.random()]')) as number[];
  expect(await evaluate('return [ctx.random(), ctx.random(), ctx.random()]')).toEqual(mixed);
});

test('[SB2] nothing tells the machine’s language', async () => {
  const source = `return [(1234567.5).toLocaleString('de-DE'), (10n ** 9n).toLocaleString(), ['b', 'a', 'Z', 'ä'].sort((a, b) => a.localeCompare(b)),
    'I'.toLocaleLowerCase('tr'), new Date(0).toLocaleDateString('de-DE'), [1234.5, new Date(0)].toLocaleString()]`;
  expect(await evaluate(source)).toEqual([
    '1234567.5',
    '1000000000',
    ['Z', 'a', 'b', 'ä'],
    'i',
    'Thu Jan 01 1970',
    '1234.5,Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time)',
  ]);
});

const SWEEP = `
  const out = [];
  for (const name of ['acos','acosh','asin','asinh','atan','atanh','cbrt','cos','cosh','exp','expm1','log','log1p','log2','log10','sin','sinh','tan','tanh'])
    for (let i = 0; i < 200; i++) out.push(Math[name]((i - 60) * 0.0371 + i * i * 1e-3));
  for (let i = 0; i < 200; i++) out.push(Math.pow(1 + i / 7, i / 9 - 11), Math.atan2(i - 100, 0.3 * i - 20), Math.hypot(i, i / 3, 5.5));
  return Float64Array.from(out);`;

test('[SB4] Math agrees bit for bit with the software port, on every machine', async () => {
  const values = (await evaluate(SWEEP)) as Float64Array;
  const digest = createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex');
  expect(digest).toBe('d14689c88defbb878848716b9ce51a62aba775aee7c9c10e96c6498cf77c1f77');
});

test('[SB4] the port is as good as the engine’s Math, to a few units in the last place', async () => {
  await using native = await sandbox.openRunner(
    taskOf(EVALUATOR, { id: 'sha256:native', math: 'native', limits: { outputBytes: 1_000_000 } }),
  );
  const [ported, builtin] = [(await evaluate(SWEEP)) as Float64Array, (await evaluate(SWEEP, native)) as Float64Array];
  const worst = ported.reduce((most, value, i) => Math.max(most, deviation(value, builtin[i] as number)), 0);
  expect(worst).toBeLessThan(8 * Number.EPSILON);
  expect(builtin).toEqual(Float64Array.from(new Function(SWEEP)() as Float64Array));
});

const deviation = (a: number, b: number): number => (Object.is(a, b) || a === b ? 0 : Math.abs(a - b) / Math.abs(b));

test('[SB4] special cases of Math are those of the language', async () => {
  const source = `return JSON.stringify([Math.pow(2n, 70n) === 2n ** 70n, Math.pow(0, 0), Math.hypot(), Math.hypot(3, 4), Math.hypot(NaN, Infinity) === Infinity,
    Object.is(Math.sin(-0), -0), Number.isNaN(Math.log(-1)), Math.atan2(0, -1) === Math.PI, Math.cbrt(27), Math.pow('2', '3'), Math.sin.name])`;
  expect(await evaluate(source)).toBe('[true,1,0,5,true,true,true,true,3,8,"sin"]');
  expect(await evaluate(`try { return Math.sin(1n) } catch (error) { return error.name }`)).toBe('TypeError');
});

test('[SB5] one execution leaves nothing behind for the next', async () => {
  const spoil = `globalThis.left = 1; Array.prototype.left = 2; Object.prototype.left = 3; Math.max = () => 4; JSON.stringify = () => '5'; Symbol.left = 6; return null`;
  await runner.run(executionOf(spoil));
  expect(await evaluate(`return [typeof left, typeof [].left, typeof ({}).left, Math.max(1, 2), JSON.stringify(7)]`)).toEqual([
    'undefined',
    'undefined',
    'undefined',
    2,
    '7',
  ]);
});

test('[SB2] text codecs and microtasks work as in browsers', async () => {
  const source = `
    const bytes = new TextEncoder().encode('a€😀');
    let ran = false;
    queueMicrotask(() => { ran = true; });
    return Promise.resolve().then(() => [bytes, new TextDecoder().decode(bytes), ran]);`;
  expect(await evaluate(source)).toEqual([Uint8Array.from(Buffer.from('a€😀')), 'a€😀', true]);
});

test('[SB2] buffers cannot be made resizable', async () => {
  const source = `
    const tried = [];
    try { new ArrayBuffer(8, { maxByteLength: 16 }); } catch (error) { tried.push(error.message); }
    return [...tried, typeof ArrayBuffer.prototype.resize, new Uint8Array(4).buffer.constructor === ArrayBuffer, ArrayBuffer.isView(new Uint8Array(1)), new ArrayBuffer(3).byteLength];`;
  expect(await evaluate(source)).toEqual([expect.stringContaining('resizable'), 'undefined', true, true, 3]);
});

/** (memory 1) (export "m" (memory 0)) (func (export "g") (param i32) (result i32) local.get 0 memory.grow) */
const GROWER = '[0,97,115,109,1,0,0,0,1,6,1,96,1,127,1,127,3,2,1,0,5,3,1,0,1,7,9,2,1,109,2,0,1,103,0,0,10,8,1,6,0,32,0,64,0,11]';

test('[SB13] wasm runs, and its memory ends at the task’s limit', async () => {
  const source = `
    const { m, g } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(${GROWER}))).exports;
    return [g(10), g(64 * 16), g(64 * 16 - 11), g(1), m.buffer.byteLength / 2 ** 20, typeof m.toResizableBuffer];`;
  expect(await evaluate(source)).toEqual([1, -1, 11, -1, 64, 'undefined']);
});

test('[SB13] wasm compiles at once and behind the same guard on every path', async () => {
  const source = `
    const bytes = Uint8Array.from(${GROWER});
    const { instance } = await WebAssembly.instantiate(bytes);
    const again = await WebAssembly.instantiate(await WebAssembly.compile(bytes));
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 });
    const refused = [];
    for (const attempt of [
      () => new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true }), () => new WebAssembly.Memory({ initial: 2000 }),
      () => new WebAssembly.Memory({ initial: 1n, address: 'i64' }), () => new WebAssembly.Table({ initial: 2_000_000, element: 'anyfunc' }),
      () => new memory.constructor({ initial: 2000 }), () => WebAssembly.Module(bytes), () => memory.grow(2000), () => new WebAssembly.Module(bytes.slice(0, 20))])
      try { attempt(); refused.push('allowed'); } catch (error) { refused.push(error.name); }
    return [instance.exports.g(64 * 16), again.exports.g(64 * 16), WebAssembly.validate(bytes), WebAssembly.validate(Uint8Array.of(1)), refused,
      ['Suspending', 'promising', 'compileStreaming'].map((name) => typeof WebAssembly[name])];`;
  expect(await evaluate(`return (async () => { ${source} })()`)).toEqual([
    -1,
    -1,
    true,
    false,
    ['TypeError', 'RangeError', 'TypeError', 'RangeError', 'RangeError', 'TypeError', 'RangeError', 'CompileError'],
    ['undefined', 'undefined', 'undefined'],
  ]);
});

test('[SB6] a result keeps its exact text', async () => {
  const outcome = await runner.run(executionOf('return { b: 1, a: [0.1, 1e21, "ü"] }'));
  expect(outcome).toMatchObject({ status: 'ok', output: '{"a":[0.1,1e+21,"ü"],"b":1}' });
});
