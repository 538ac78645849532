import { digestOf } from '@manyhands/identity';
import type { Payload, TaskManifest } from '@manyhands/protocol';
import { createDirectSandbox, openIsolateSandbox, type Sandbox } from '@manyhands/sandbox';
import { taskId } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { addBlob } from '../../test/add-blob.ts';
import { createMemoryBlobStore } from '../blobs/memory-blob-store.ts';
import type { PublishedTask } from '../domain/change-set.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import { SandboxJudge } from './sandbox-judge.ts';

/** Right is: the output is the square of the input; a Uint8Array counts by its length. */
const BUNDLE = `
const number = { '~standard': { version: 1, vendor: 'test', validate: (value) => typeof value === 'number' || value instanceof Uint8Array ? { value } : { issues: [{ message: 'no number' }] } } };
var manyhandsTask = { default: {
  name: 'square', version: '1.0.0', title: 'Squares', license: 'MIT', input: number, output: number,
  verify: { kind: 'proof', check: (input, output) => {
    if (input === 13) throw new Error('unlucky');
    return (output.length ?? output) === input * input;
  } },
  run: (input) => input * input,
} };`;

interface Bench {
  judge: SandboxJudge;
  blobs: BlobStore;
  opened: () => number;
  check(input: Payload, output: Payload, task?: number): ReturnType<SandboxJudge['check']>;
}

function openBench(openSandbox: () => Promise<Sandbox> = async () => createDirectSandbox()): Bench {
  const blobs = createMemoryBlobStore();
  const manifest = {
    bundle: addBlob(blobs, BUNDLE),
    limits: { memoryMB: 64, timeoutMs: 5_000, outputBytes: 1_000 },
    math: 'deterministic',
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
    check: (input, output, task = 1) =>
      judge.check({ task: taskId(task), seed: 'job/0', frozenAt: 0, input, output, digest: digestOf(String(output)) }),
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
  expect(await check('3', JSON.stringify({ $: 'u8', blob: digestOf('nowhere') }))).toEqual({ kind: 'invalid' });
  expect(await check('32', JSON.stringify({ $: 'u8', blob: addBlob(blobs, new Uint8Array(1_024)) }))).toEqual({ kind: 'invalid' });
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

test('[JU1] in the real sandbox too', async () => {
  const { check, judge, blobs } = openBench(() => openIsolateSandbox({ threads: 1, confinement: 'none' }));
  await using _judge = judge;
  expect(await check('7', '49')).toEqual({ kind: 'valid' });
  expect(await check('7', '50')).toEqual({ kind: 'invalid' });
  expect(await check('3', JSON.stringify({ $: 'u8', blob: addBlob(blobs, new Uint8Array(9)) }))).toEqual({ kind: 'valid' });
});
