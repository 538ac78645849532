import { LIMITS } from '@manyhands/protocol';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { leaseId, okResult, taskId } from '../../test/builders.ts';
import { createFinished, needsUpload, nextBatch, type ResultQueue, withStage } from './result-queue.ts';

const queueOf = (outputs: readonly string[]): ResultQueue =>
  new Map(outputs.map((output, n) => [leaseId(n), createFinished(okResult(n, output), taskId(), 'ready')] as const));

test('[WK13] a batch is the oldest that fit into one frame, never none', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 2_000, unit: 'grapheme' }), { minLength: 1, maxLength: 60 }),
      fc.nat(40),
      (texts, factor) => {
        const outputs = texts.map((text) => text.repeat(factor).slice(0, 20_000));
        const batch = nextBatch(queueOf(outputs));
        const frame = JSON.stringify({ type: 'submit', results: batch });
        expect(batch.length).toBeGreaterThan(0);
        expect(batch.map(({ index }) => index)).toEqual(batch.map((_, n) => n));
        expect(new TextEncoder().encode(frame).length).toBeLessThanOrEqual(LIMITS.frameBytes);
      },
    ),
  );
});

test('[WK13] a batch is as long as the wire allows', () => {
  const batch = nextBatch(queueOf(Array.from({ length: LIMITS.resultsPerFrame + 5 }, () => '1')));
  expect(batch).toHaveLength(LIMITS.resultsPerFrame);
  expect(nextBatch(queueOf(Array.from({ length: 10 }, () => 'x'.repeat(60_000))))).toHaveLength(4);
});

test('only what is ready is sent', () => {
  const queue = withStage(queueOf(['1', '2', '3']), [leaseId(0), leaseId(9)], () => 'submitted');
  expect(nextBatch(queue).map(({ index }) => index)).toEqual([1, 2]);
});

test('[WK14] an output that is a blob needs an upload; an error has no output', () => {
  const blob = { blob: taskId() as never, bytes: 70_000 };
  expect(needsUpload(createFinished(okResult(1, blob), taskId(), 'keeping'))).toBe(true);
  expect(needsUpload(createFinished(okResult(1), taskId(), 'keeping'))).toBe(false);
  const { output: _, ...rest } = okResult(1) as Extract<ReturnType<typeof okResult>, { status: 'ok' }>;
  expect(needsUpload(createFinished({ ...rest, status: 'error', kind: 'thrown', message: 'x' }, taskId(), 'keeping'))).toBe(false);
});
