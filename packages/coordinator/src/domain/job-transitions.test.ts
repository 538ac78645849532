import { jobFacts } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { type Job, ZERO_COUNTS } from './job.ts';
import { addCounts, appendChunk, cancelJob, endWhenDone } from './job-transitions.ts';

const stream = (over: Partial<Job> = {}): Job => ({
  ...jobFacts(0),
  inputs: { kind: 'stream' },
  state: 'open',
  counts: ZERO_COUNTS,
  ...over,
});

test('[WU26] the next chunk is appended behind what is there', () => {
  const first = appendChunk(stream(), { chunk: 0, count: 10, close: false }, 5);
  expect(first).toMatchObject({ kind: 'appended', firstIndex: 0, job: { state: 'open', unitCount: 10, chunkCount: 1 } });
  const job = first.kind === 'appended' ? first.job : stream();
  expect(appendChunk(job, { chunk: 1, count: 4, close: true }, 5)).toMatchObject({
    kind: 'appended',
    firstIndex: 10,
    job: { state: 'closed', unitCount: 14, chunkCount: 2, endedAt: null },
  });
});

test('[WU26] a lower number was stored before, a higher one is told which is expected', () => {
  const job = stream({ chunkCount: 2, unitCount: 9 });
  expect(appendChunk(job, { chunk: 0, count: 4, close: true }, 5)).toEqual({ kind: 'stored-before', job });
  expect(appendChunk(job, { chunk: 3, count: 4, close: false }, 5)).toEqual({ kind: 'out-of-order', expected: 2 });
});

test('[WU26] the repeat of the last chunk may close an open job', () => {
  const last = { chunk: 1, count: 4, close: true };
  expect(appendChunk(stream({ chunkCount: 2, unitCount: 9 }), last, 5)).toMatchObject({ kind: 'stored-before', job: { state: 'closed' } });
  const closed = stream({ chunkCount: 2, unitCount: 9, state: 'closed' });
  expect(appendChunk(closed, last, 5)).toEqual({ kind: 'stored-before', job: closed });
});

test('[WU26] only an open stream takes chunks', () => {
  const chunk = { chunk: 0, count: 1, close: false };
  expect(appendChunk({ ...stream(), inputs: { kind: 'index', count: 3 } }, chunk, 5)).toEqual({ kind: 'not-a-stream' });
  for (const state of ['closed', 'done', 'cancelled'] as const)
    expect(appendChunk(stream({ state }), chunk, 5)).toEqual({ kind: 'not-open' });
});

test('[WU27] a closed job is done when each of its units has ended', () => {
  const counts = { ...ZERO_COUNTS, final: 2, failed: 1 };
  expect(endWhenDone(stream({ state: 'closed', unitCount: 3, counts }), 7)).toMatchObject({ state: 'done', endedAt: 7 });
  expect(endWhenDone(stream({ state: 'closed', unitCount: 4, counts }), 7)).toMatchObject({ state: 'closed', endedAt: null });
  expect(endWhenDone(stream({ state: 'open', unitCount: 3, counts }), 7)).toMatchObject({ state: 'open' });
  expect(appendChunk(stream(), { chunk: 0, count: 0, close: true }, 7)).toMatchObject({ job: { state: 'done', endedAt: 7 } });
});

test('[WU27] a done job cannot be cancelled, a cancelled one stays so', () => {
  expect(cancelJob(stream())).toMatchObject({ state: 'cancelled', endedAt: null });
  expect(cancelJob(stream({ state: 'done' }))).toBeNull();
  const cancelled = stream({ state: 'cancelled', endedAt: 4 });
  expect(cancelJob(cancelled)).toBe(cancelled);
});

test('[WU24] counts add up by name', () => {
  expect(addCounts({ ...ZERO_COUNTS, idle: 3 }, { idle: -1, running: 1 })).toEqual({ ...ZERO_COUNTS, idle: 2, running: 1 });
});
