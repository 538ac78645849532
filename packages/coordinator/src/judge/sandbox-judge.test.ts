import { digestOf } from '@manyhands/identity';
import type { Payload, TaskManifest, VerifyPolicy } from '@manyhands/protocol';
import { createDirectSandbox, openIsolateSandbox, type Sandbox } from '@manyhands/sandbox';
import { taskId } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { addBlob } from '../../test/add-blob.ts';
import { createMemoryBlobStore } from '../blobs/memory-blob-store.ts';
import type { PublishedTask } from '../domain/change-set.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import { SandboxJudge } from './sandbox-judge.ts';

/**
 * Right is: the output is the square of the input; a Uint8Array counts by its length. Outputs agree when they are of one sign.
 * Some inputs and outputs are unlucky, and −1 takes until `release` is called.
 */
const BUNDLE = `
const number = { '~standard': { version: 1, vendor: 'test', validate: (value) => typeof value === 'number' || value instanceof Uint8Array ? { value } : { issues: [{ message: 'no number' }] } } };
var manyhandsTask = { default: {
  name: 'square', version: '1.0.0', title: 'Squares', license: 'MIT', input: number, output: number,
  verify: { kind: 'proof', check: (input, output) => {
    if (input === 13) throw new Error('unlucky');
    return (output.length ?? output) === input * input;
  }, agree: (a, b) => {
    if (a === 13) throw new Error('unlucky');
    return Math.sign(a) === Math.sign(b);
  } },
  run: async (input) => {
    if (input === 13) throw new Error('unlucky');
    if (input === -1) await globalThis.judgeTestGate;
    if (input === 64) return new Uint8Array(64 * 1024);
    return input === 0 ? Date.now() : input * input;
  },
} };`;
const OUTPUT_BYTES = 100_000;
const AUTHOR: VerifyPolicy = { kind: 'quorum', k: 2, agree: { kind: 'author' } };
const NEAR: VerifyPolicy = { kind: 'confidence', wrongIn: 100, agree: { kind: 'within', abs: 0.5, rel: 0 } };
const EXACT: VerifyPolicy = { kind: 'quorum', k: 2, agree: { kind: 'exact' } };

const unitOf = (task: number) => ({ task: taskId(task), seed: 'job/0', frozenAt: 7 });

interface Bench {
  judge: SandboxJudge;
  blobs: BlobStore;
  opened: () => number;
  check(input: Payload, output: Payload, task?: number): ReturnType<SandboxJudge['check']>;
  compute(input: Payload): ReturnType<SandboxJudge['compute']>;
  compare(...pairs: [Payload, Payload][]): ReturnType<SandboxJudge['compare']>;
}

const openDirect = async (): Promise<Sandbox> => createDirectSandbox();

function openBench(
  openSandbox: () => Promise<Sandbox> = openDirect,
  verify: VerifyPolicy = { kind: 'proof' },
  outputBytes = OUTPUT_BYTES,
): Bench {
  const blobs = createMemoryBlobStore();
  const manifest = {
    bundle: addBlob(blobs, BUNDLE),
    limits: { memoryMB: 64, timeoutMs: 5_000, outputBytes },
    math: 'deterministic',
    verify,
  } as TaskManifest;
  let opened = 0;
  const judge = new SandboxJudge({
    openSandbox: () => {
      opened++;
      return openSandbox();
    },
    loadTask: async (id) => (id === taskId(9) ? null : ({ id, manifest } as PublishedTask)),
    blobs,
    concurrency: 2,
    runners: 2,
  });
  return {
    judge,
    blobs,
    opened: () => opened,
    check: (input, output, task = 1) => judge.check({ ...unitOf(task), input, output, digest: digestOf(String(output)) }),
    compute: (input) => judge.compute({ ...unitOf(1), input }),
    compare: (...pairs) => judge.compare({ ...unitOf(1), pairs }),
  };
}

test('[JU1] a right result is valid, a wrong one and one that is no number are not', async () => {
  const { check } = openBench();
  expect(await check('7', '49')).toEqual({ kind: 'valid' });
  expect(await check('7', '50')).toEqual({ kind: 'invalid' });
  expect(await check('7', '"49"')).toEqual({ kind: 'invalid' });
  expect(await check('7', '{not json')).toEqual({ kind: 'invalid' });
});

test('[JU1] payloads and their parts may be blobs', async () => {
  const { check, blobs } = openBench();
  const text = (content: string): Payload => ({ blob: addBlob(blobs, content), bytes: content.length });
  expect(await check(text('3'), text('9'))).toEqual({ kind: 'valid' });
  const nine = JSON.stringify({ $: 'u8', blob: addBlob(blobs, new Uint8Array(9)) });
  expect(await check('3', nine)).toEqual({ kind: 'valid' });
});

test('[JU1] an output that was never uploaded, or names too much or nothing there, is invalid', async () => {
  const { check, blobs } = openBench();
  expect(await check('3', { blob: digestOf('nowhere'), bytes: 1 })).toEqual({ kind: 'invalid' });
  expect(await check('3', { blob: addBlob(blobs, '9'), bytes: 2 })).toEqual({ kind: 'invalid' });
  expect(await check('3', JSON.stringify({ $: 'u8', blob: digestOf('nowhere') }))).toEqual({ kind: 'invalid' });
  expect(await check('317', JSON.stringify({ $: 'u8', blob: addBlob(blobs, new Uint8Array(OUTPUT_BYTES + 1)) }))).toEqual({
    kind: 'invalid',
  });
});

test('[JU2] a check that throws, a task that is gone, an input that is gone: broken, with words', async () => {
  const { check } = openBench();
  expect(await check('13', '169')).toEqual({ kind: 'broken', message: expect.stringContaining('unlucky') });
  expect(await check('3', '9', 9)).toEqual({ kind: 'broken', message: expect.stringContaining('not known') });
  expect(await check({ blob: digestOf('x'), bytes: 1 }, '9')).toEqual({ kind: 'broken', message: 'the input is not stored here' });
});

test('[JU2] a machine without a sandbox breaks checks, and is asked again', async () => {
  let works = false;
  const { check, opened } = openBench(async () => {
    if (!works) throw new Error('no isolates here');
    return createDirectSandbox();
  });
  expect(await check('3', '9')).toEqual({ kind: 'broken', message: 'no isolates here' });
  works = true;
  expect(await check('3', '9')).toEqual({ kind: 'valid' });
  expect(opened()).toBe(2);
});

test('[JU5] no sandbox is opened before the first check, and one for all tasks', async () => {
  const { check, opened, judge } = openBench();
  expect(opened()).toBe(0);
  await Promise.all([check('3', '9', 1), check('3', '9', 2), check('3', '9', 3)]);
  expect(opened()).toBe(1);
  await judge[Symbol.asyncDispose]();
});

test('[JU2] a disk of ours that fails is no fault of the host', async () => {
  const { check, compare, blobs } = openBench(openDirect, AUTHOR);
  const nine = { blob: addBlob(blobs, '9'), bytes: 1 };
  blobs.read = async (digest) => Promise.reject(new Error(`${digest} is damaged`));
  const broken = { kind: 'broken', message: expect.stringContaining('is damaged') };
  expect(await check('3', nine)).toEqual(broken);
  expect(await compare([nine, '9'])).toEqual(broken);
});

test('[JU6] the referee computes what a volunteer would, with the unit’s frozen time', async () => {
  const { compute } = openBench(openDirect, EXACT);
  expect(await compute('7')).toEqual({ kind: 'computed', digest: digestOf('49') });
});

test('[JU6] a large answer has the digest of its blob, and comes along where agreement is not exact', async () => {
  const text = JSON.stringify({ $: 'u8', b64: Buffer.alloc(64 * 1024).toString('base64') });
  const digest = digestOf(text);
  expect(await openBench(openDirect, EXACT).compute('64')).toEqual({ kind: 'computed', digest });
  const { compute, blobs } = openBench(openDirect, NEAR);
  expect(await compute('64')).toEqual({ kind: 'computed', digest, output: { blob: digest, bytes: text.length } });
  expect(Buffer.from((await blobs.read(digest)) ?? []).toString()).toBe(text);
  expect(await compute('7')).toEqual({ kind: 'computed', digest: digestOf('49'), output: '49' });
});

test('[JU2] a task that fails here too, or whose input is gone, is broken, with words', async () => {
  const { compute } = openBench();
  expect(await compute('13')).toEqual({ kind: 'broken', message: expect.stringMatching(/the task ended with thrown: unlucky/) });
  expect(await compute({ blob: digestOf('x'), bytes: 1 })).toEqual({ kind: 'broken', message: 'the input is not stored here' });
});

test('[JU12] a referee’s run under way keeps no check and no comparison waiting', async () => {
  const gate = Promise.withResolvers<void>();
  (globalThis as { judgeTestGate?: Promise<void> }).judgeTestGate = gate.promise;
  const { compute, check, compare, judge } = openBench(openDirect, AUTHOR);
  const running = [compute('-1'), compute('-1'), compute('-1')];
  expect(await check('7', '49')).toEqual({ kind: 'valid' });
  expect(await compare(['1', '2'])).toEqual({ kind: 'compared', agree: [true] });
  gate.resolve();
  expect(await Promise.all(running)).toEqual(running.map(() => expect.objectContaining({ kind: 'computed', output: '1' })));
  await judge[Symbol.asyncDispose]();
});

test('[JU7] exact agreement looks at digests, and opens no sandbox', async () => {
  const { compare, opened, blobs } = openBench(openDirect, EXACT);
  const nine = { blob: addBlob(blobs, '9'), bytes: 1 };
  expect(await compare(['9', nine], ['9', '9.0'], [nine, '8'])).toEqual({ kind: 'compared', agree: [true, false, false] });
  expect(opened()).toBe(0);
});

test('[JU7] the author’s own comparator decides where the manifest says so', async () => {
  const { compare } = openBench(openDirect, AUTHOR);
  expect(await compare(['1', '5'], ['1', '-5'], ['-5', '-1'])).toEqual({ kind: 'compared', agree: [true, false, true] });
});

test('[JU8] within a tolerance, outputs of any size are compared, blobs and their parts too', async () => {
  const { compare, blobs } = openBench(openDirect, NEAR);
  const [inline, stored] = ['9.25', { blob: addBlob(blobs, '9'), bytes: 1 }];
  const lifted = JSON.stringify({ $: 'u8', blob: addBlob(blobs, Uint8Array.of(1, 2)) });
  const plain = JSON.stringify({ $: 'u8', b64: Buffer.of(1, 2).toString('base64') });
  expect(await compare([inline, stored], [inline, '10'], [lifted, plain])).toEqual({ kind: 'compared', agree: [true, false, true] });
});

test.each([AUTHOR, NEAR])(
  '[JU7] an output that is no value, was never uploaded or names too much agrees with nothing: $agree.kind',
  async (verify) => {
    const { compare, blobs } = openBench(openDirect, verify);
    const missing = { blob: digestOf('nowhere'), bytes: 1 };
    const mislabelled = { blob: addBlob(blobs, '9'), bytes: 2 };
    const huge = JSON.stringify({ $: 'u8', blob: addBlob(blobs, new Uint8Array(OUTPUT_BYTES + 1)) });
    const nameless = JSON.stringify({ $: 'u8', blob: digestOf('nowhere') });
    const pairs = [missing, mislabelled, huge, nameless, '{not json'].flatMap((bad): [Payload, Payload][] => [[bad, '9'], [bad, bad]]); // biome-ignore format: short
    expect(await compare(...pairs, ['9', '9.0'])).toEqual({ kind: 'compared', agree: [...pairs.map(() => false), true] });
  },
);

test('[JU2] a comparator that throws breaks the question and not the next', async () => {
  const { compare } = openBench(openDirect, AUTHOR);
  expect(await compare(['1', '2'], ['13', '1'])).toEqual({
    kind: 'broken',
    message: expect.stringMatching(/the comparison ended with thrown: unlucky/),
  });
  expect(await compare(['1', '2'])).toEqual({ kind: 'compared', agree: [true] });
});

test('[JU7] in the real sandbox too, where a task’s small outputs do not limit the verdicts', async () => {
  const pairs = Array.from({ length: 30 }, (): [Payload, Payload] => ['1', '2']);
  const { judge } = openBench(() => openIsolateSandbox({ threads: 1, confinement: 'none' }), AUTHOR, 2);
  await using _judge = judge;
  expect(await judge.compare({ ...unitOf(1), pairs })).toEqual({ kind: 'compared', agree: pairs.map(() => true) });
  expect(await judge.compute({ ...unitOf(1), input: '7' })).toEqual({ kind: 'computed', digest: digestOf('49'), output: '49' });
  expect(await judge.compute({ ...unitOf(1), input: '0' })).toEqual({ kind: 'computed', digest: digestOf('7'), output: '7' });
});

test('[JU1] in the real sandbox too', async () => {
  const { check, judge, blobs } = openBench(() => openIsolateSandbox({ threads: 1, confinement: 'none' }));
  await using _judge = judge;
  expect(await check('7', '49')).toEqual({ kind: 'valid' });
  expect(await check('7', '50')).toEqual({ kind: 'invalid' });
  expect(await check('3', JSON.stringify({ $: 'u8', blob: addBlob(blobs, new Uint8Array(9)) }))).toEqual({ kind: 'valid' });
});
