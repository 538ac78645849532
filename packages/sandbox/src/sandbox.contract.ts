/** What every Sandbox must do, whatever runs inside it. Each adapter's test calls `sandboxContract`. */
import { createHash } from 'node:crypto';
import { type Digest, encodeValue, type Value } from '@manyhands/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Comparison, Execution, ExecutionOutcome, Runner, Sandbox } from './sandbox.ts';
import { ANYTHING, bundleOf, executionOf, resultOf, taskOf } from './testing/tasks.ts';

const EVEN = `{ '~standard': { version: 1, vendor: 'test', validate: (value) =>
  value % 2 === 0 ? { value: value / 2 } : { issues: [{ message: 'must be even', path: ['row', 3, { key: 'x' }] }] } } }`;

const TASK = bundleOf(`
  verify: { kind: 'proof', check(input, output) {
    if (output === 'throw') throw new Error('cannot tell');
    return output === 'maybe' ? 'maybe' : input + 1 === output;
  }, agree(a, b) {
    if (a === 'throw') throw new Error('cannot tell');
    if (a === 'maybe') return 'maybe';
    // Spoils what it is given, and looks one way only.
    return Array.isArray(a) ? a.shift() === b.shift() : a <= b;
  } },
  async run(input, ctx) {
    switch (input?.do ?? input) {
      case 'throw': throw new TypeError('no such row');
      case 'throw text': throw 'just a text';
      case 'fatal': throw Object.assign(new Error('makes no sense'), { name: 'FatalTaskError' });
      case 'nan': return { rows: [1, { x: NaN }] };
      case 'cycle': { const rows = []; rows.push({ rows }); return rows; }
      case 'function': return { f() {} };
      case 'nothing': return;
      case 'text': return 'ü'.repeat(input.length);
      case 'draw': return [ctx.random(), ctx.random(), ctx.random()];
      case 'talk': ctx.log('hello'); ctx.progress(0.25); ctx.checkpoint({ at: 7n }); return ctx.resume;
      case 'wait': return new Promise(() => {});
      default: return input;
    }
  }`);

export function sandboxContract(open: () => Promise<Sandbox>): void {
  let sandbox: Sandbox;
  let runner: Runner;
  beforeAll(async () => {
    sandbox = await open();
    runner = await sandbox.openRunner(taskOf(TASK));
  });
  afterAll(async () => {
    await runner?.[Symbol.asyncDispose]();
    await sandbox?.[Symbol.asyncDispose]();
  });
  const run = (input: Value, changes: Partial<Execution> = {}): Promise<ExecutionOutcome> => runner.run(executionOf(input, changes));

  describe('results', () => {
    test('[SB1] every kind of value goes in and comes out unchanged', async () => {
      const value = {
        n: 1.5,
        big: -(2n ** 80n),
        bytes: Uint8Array.of(1, 2, 255),
        floats: Float64Array.of(0.1),
        deep: [null, true, 'ü', { $: 'own' }],
      };
      expect(resultOf(await run(value))).toEqual(value);
    });

    test('[SB1] bytes that travel as blobs arrive as typed arrays', async () => {
      const bytes = new Uint8Array(Float32Array.of(1, -2.5).buffer);
      const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}` as Digest;
      const input = `{"rows":{"$":"f32","blob":"${digest}"}}`;
      expect(resultOf(await run(null, { input, blobs: new Map([[digest, bytes]]) }))).toEqual({ rows: Float32Array.of(1, -2.5) });
      expect(await run(null, { input })).toMatchObject({ status: 'error', kind: 'input', message: expect.stringContaining(digest) });
    });

    test('[SB3] the seed alone decides what a task draws', async () => {
      const draw = async (seed: string): Promise<Value> => resultOf(await run('draw', { seed }));
      expect(await draw('job/1')).toEqual(await draw('job/1'));
      expect(await draw('job/1')).not.toEqual(await draw('job/2'));
    });

    test('[SB6] compute time is told with the result', async () => {
      expect(await run(1)).toEqual({ status: 'ok', output: '1', elapsedMs: expect.any(Number) });
    });
  });

  describe('errors', () => {
    test.each([
      ['throw', 'thrown', 'TypeError: no such row'],
      ['throw text', 'thrown', 'just a text'],
      ['fatal', 'fatal', 'FatalTaskError: makes no sense'],
      ['nan', 'output', '$.rows[1].x'],
      ['cycle', 'output', '$[0].rows'],
      ['function', 'output', '$.f'],
      ['nothing', 'output', '$'],
    ])('[SB6] %s is an error of kind %s that says %s', async (input, kind, message) => {
      expect(await run(input)).toMatchObject({ status: 'error', kind, message: expect.stringContaining(message) });
    });

    test('[SB6] an input that is no value is an error of kind input', async () => {
      expect(await run(null, { input: '{"x":' })).toMatchObject({
        status: 'error',
        kind: 'input',
        message: expect.stringContaining('not JSON'),
      });
    });

    test('[SB6] schemas decide what run gets and what comes out, and their issues name the path', async () => {
      const halves = bundleOf(`input: ${EVEN}, output: ${EVEN}, run: (half) => half`);
      await using halver = await sandbox.openRunner(taskOf(halves, { id: 'sha256:halves' }));
      expect(resultOf(await halver.run(executionOf(8)))).toBe(2);
      const message = expect.stringContaining('$.row[3].x: must be even');
      expect(await halver.run(executionOf(3))).toMatchObject({ status: 'error', kind: 'input', message });
      expect(await halver.run(executionOf(2))).toMatchObject({ status: 'error', kind: 'output', message });
    });

    test('[SB10] outputs are limited to the byte', async () => {
      const letters = (10_000 - 2) / 2; // two quotes, and two bytes for each ü
      expect(await run({ do: 'text', length: letters - 1 })).toMatchObject({ status: 'ok' });
      expect(await run({ do: 'text', length: letters })).toMatchObject({ status: 'ok' });
      const message = expect.stringContaining('10002 bytes');
      expect(await run({ do: 'text', length: letters + 1 })).toMatchObject({ status: 'error', kind: 'output', message });
    });
  });

  describe('proofs', () => {
    const check = (input: Value, output: Value): Promise<ExecutionOutcome> =>
      run(input, { entry: { kind: 'check', output: encodeValue(output) } });

    test('[SB7] check answers true or false as its output', async () => {
      expect(await check(1, 2)).toMatchObject({ status: 'ok', output: 'true' });
      expect(await check(1, 3)).toMatchObject({ status: 'ok', output: 'false' });
    });

    test('[SB7] an output that is no value of its schema is false, whatever check would say', async () => {
      expect(await run(1, { entry: { kind: 'check', output: 'nonsense' } })).toMatchObject({ status: 'ok', output: 'false' });
    });

    test('[SB7] a check that throws, gives no boolean or is missing is an error', async () => {
      expect(await check(1, 'throw')).toMatchObject({ status: 'error', kind: 'thrown', message: expect.stringContaining('cannot tell') });
      expect(await check(1, 'maybe')).toMatchObject({ status: 'error', kind: 'output' });
      await using uncheckable = await sandbox.openRunner(taskOf(bundleOf('run: (x) => x'), { id: 'sha256:uncheckable' }));
      const outcome = await uncheckable.run(executionOf(1, { entry: { kind: 'check', output: '1' } }));
      expect(outcome).toMatchObject({ status: 'error', kind: 'fatal', message: expect.stringContaining('no check') });
    });
  });

  describe('agreement', () => {
    const NEAR = { kind: 'within', abs: 0, rel: 0.1 } as const;
    const AUTHOR = { kind: 'author' } as const;
    const compare = (agreement: Comparison['agreement'], outputs: readonly Value[], ...pairs: [number, number][]) =>
      compareTexts(
        agreement,
        outputs.map((output) => encodeValue(output)),
        ...pairs,
      );
    const compareTexts = (agreement: Comparison['agreement'], outputs: readonly string[], ...pairs: [number, number][]) =>
      run(null, { entry: { kind: 'agree', comparison: { agreement, outputs, pairs } } });

    test('[SB27] within: every pair asked is answered, in order', async () => {
      const outputs = [
        { x: 1, y: 'a' },
        { x: 1.1, y: 'a' },
        { x: 1, y: 'b' },
      ];
      expect(await compare(NEAR, outputs, [0, 1], [0, 2], [1, 2], [1, 0])).toMatchObject({ status: 'ok', output: '1001' });
      expect(await compare(NEAR, outputs)).toMatchObject({ status: 'ok', output: '' });
    });

    test('[SB27] the author’s comparator must agree both ways', async () => {
      expect(await compare(AUTHOR, [1, 1, 2], [0, 1], [0, 2], [2, 0])).toMatchObject({ status: 'ok', output: '100' });
    });

    test('[SB27] a comparator that changes what it is given changes nothing for the next pair', async () => {
      expect(await compare(AUTHOR, [[7], [7], [8]], [0, 1], [0, 1], [0, 2])).toMatchObject({ status: 'ok', output: '110' });
    });

    test('[SB27] an output that is no value agrees with nothing, not even itself', async () => {
      for (const agreement of [NEAR, AUTHOR]) {
        expect(await compareTexts(agreement, ['nonsense', '1'], [0, 0], [0, 1], [1, 1])).toMatchObject({ status: 'ok', output: '001' });
      }
    });

    test('[SB27] a comparator that throws, gives no boolean or is missing is an error', async () => {
      expect(await compare(AUTHOR, ['throw'], [0, 0])).toMatchObject({ kind: 'thrown', message: expect.stringContaining('cannot tell') });
      expect(await compare(AUTHOR, ['maybe'], [0, 0])).toMatchObject({
        kind: 'output',
        message: expect.stringContaining('agree returned'),
      });
      await using plain = await sandbox.openRunner(taskOf(bundleOf('run: (x) => x'), { id: 'sha256:plain' }));
      const comparison: Comparison = { agreement: AUTHOR, outputs: ['1', '2'], pairs: [[0, 1]] };
      const outcome = await plain.run(executionOf(null, { entry: { kind: 'agree', comparison } }));
      expect(outcome).toMatchObject({ status: 'error', kind: 'fatal', message: expect.stringContaining('no comparator') });
    });
  });

  describe('conversation', () => {
    test('[SB11] log lines, progress and checkpoints reach whoever asked, before the outcome', async () => {
      const heard: unknown[] = [];
      const events = {
        onLog: (line: string) => heard.push(line),
        onProgress: (fraction: number) => heard.push(fraction),
        onCheckpoint: (state: string) => heard.push(state),
      };
      expect(resultOf(await runner.run(executionOf('talk'), events))).toBeNull();
      expect(heard).toEqual(['hello', 0.25, '{"at":{"$":"bigint","v":"7"}}']);
    });

    test('[SB12] a checkpoint comes back as resume', async () => {
      expect(resultOf(await run('talk', { resume: '{"at":{"$":"bigint","v":"7"}}' }))).toEqual({ at: 7n });
    });
  });

  describe('control', () => {
    test('[SB16] aborting ends an execution as aborted, before its start and under way, and harms no other', async () => {
      const abort = new AbortController();
      const underWay = runner.run(executionOf('wait'), {}, abort.signal);
      const other = run(2);
      abort.abort();
      expect(await underWay).toEqual({ status: 'aborted' });
      expect(await runner.run(executionOf(1), {}, abort.signal)).toEqual({ status: 'aborted' });
      expect(resultOf(await other)).toBe(2);
    });

    test('[SB15] nothing starts while paused, and everything does after resume', async () => {
      runner.pause();
      let ended = false;
      const outcome = run(3).finally(() => {
        ended = true;
      });
      await new Promise(setImmediate);
      expect(ended).toBe(false);
      runner.resume();
      expect(resultOf(await outcome)).toBe(3);
    });

    test('[SB17] closing a runner ends what it has as aborted', async () => {
      const closing = await sandbox.openRunner(taskOf(TASK, { id: 'sha256:closing' }));
      const outcome = closing.run(executionOf('wait'));
      await closing[Symbol.asyncDispose]();
      expect(await outcome).toEqual({ status: 'aborted' });
      expect(await closing.run(executionOf(1))).toEqual({ status: 'aborted' });
    });

    test.each([
      ['var nothing = 1;', 'no task'],
      [`var manyhandsTask = { default: { input: ${ANYTHING}, output: ${ANYTHING} } };`, '`run(input, ctx)`'],
      [`var manyhandsTask = { default: { input: 1, output: ${ANYTHING}, run() {} } };`, '`input` is no schema'],
      ['throw new Error("at the door")', 'at the door'],
      ['}{', 'SyntaxError'],
    ])('[SB8] a bundle like %s is refused with words for its author', async (bundle, words) => {
      await expect(sandbox.openRunner(taskOf(bundle, { id: `sha256:${words}` }))).rejects.toThrow(words);
    });
  });
}
