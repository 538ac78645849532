import type { Digest } from '@manyhands/protocol';
import { expect, test } from 'vitest';
import type { Comparison } from '../sandbox.ts';
import { executionOf } from '../testing/tasks.ts';
import { packExecution, unpackExecutions } from './to-runner.ts';

test('[SB1] executions of every kind survive the way to the runner together', () => {
  const bytes = Buffer.from('shared pool').subarray(2, 5);
  const digest = `sha256:${'0'.repeat(64)}` as Digest;
  const comparison: Comparison = { agreement: { kind: 'author' }, outputs: ['1', '"ü"'], pairs: [[0, 1]] };
  const executions = [
    executionOf('ü', { resume: '{"at":1}' }),
    executionOf(2, { entry: { kind: 'check', output: '3' }, blobs: new Map([[digest, bytes]]), frozenAt: 7 }),
    executionOf(null, { entry: { kind: 'agree', comparison } }),
    executionOf(null),
  ];
  const packed = executions.map((execution, key) => packExecution(key, execution, execution.resume));
  const unpacked = unpackExecutions(
    packed.map(({ header }) => header),
    packed.flatMap(({ parts }) => parts),
  );
  expect(unpacked.map(({ key, entry, input, output, resume, frozenAt }) => [key, entry, input, output, resume, frozenAt])).toEqual([
    [0, 'run', '"ü"', null, '{"at":1}', 0],
    [1, 'check', '2', '3', null, 7],
    [2, 'agree', 'null', JSON.stringify(comparison), null, 0],
    [3, 'run', 'null', null, null, 0],
  ]);
  expect(unpacked[1]?.blobBytes.map((buffer) => Buffer.from(buffer))).toEqual([bytes]);
});
