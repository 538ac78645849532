/** Jobs, their inputs, and the tasks and authors behind them. */
import type { InputSource, Payload } from '@manyhands/protocol';
import { describe, expect, test } from 'vitest';
import { toPayloadLine } from '../domain/payload-line.ts';
import type { OpenStore } from './store.contract.ts';
import { author, chunk, digest, job, jobId, jobOf, task, taskId } from './store-rows.contract.ts';

const at = (n: number, ...indexes: readonly number[]) => indexes.map((index) => ({ job: jobId(n), index }));

export function describeJobs(open: OpenStore): void {
  describe('jobs', () => {
    test('[ST6] a job is found by id and by its author’s key', async () => {
      await using store = await open();
      await store.commit({ jobs: [job(1), job(2, { author: 'ben', key: job(1).key })] });
      await store.commit({ jobs: [job(1, { revision: 2, nextFresh: 40 })] });
      expect(await store.loadJob(jobId(1))).toEqual(job(1, { revision: 2, nextFresh: 40 }));
      expect((await store.findJobByKey('ben', job(1).key))?.id).toBe(jobId(2));
      expect(await store.findJobByKey('cleo', job(1).key)).toBeNull();
      expect(await store.loadJob(jobId(3))).toBeNull();
    });

    test('[ST6] active jobs are those that have not ended, or are to be looked through, oldest first', async () => {
      await using store = await open();
      const cancelling = job(3, { state: 'cancelled' });
      await store.commit({ jobs: [job(2), job(1), cancelling, job(4), job(5, { state: 'cancelled', endedAt: 5 })] });
      await store.commit({ jobs: [job(4, { revision: 2, state: 'done', endedAt: 9 })] });
      expect(await store.activeJobs()).toEqual([job(2), job(1), cancelling]);
      const unswept = job(4, { revision: 3, state: 'done', endedAt: 9, isUnswept: true });
      await store.commit({ jobs: [unswept, job(5, { revision: 2, state: 'cancelled', endedAt: 5, isUnswept: true })] });
      expect(await store.activeJobs()).toEqual([job(2), job(1), cancelling, unswept]);
    });

    test('[ST6] jobs are listed newest first, page by page', async () => {
      await using store = await open();
      await store.commit({ jobs: [job(1), job(2)] });
      await store.commit({ jobs: [job(3), job(1, { revision: 2 })] });
      const ids = async (limit: number, before: number | null) =>
        (await store.listJobs(limit, before === null ? null : jobId(before))).map(({ id }) => id);
      expect(await ids(2, null)).toEqual([jobId(3), jobId(2)]);
      expect(await ids(2, 2)).toEqual([jobId(1)]);
      expect(await ids(2, 1)).toEqual([]);
      expect(await ids(2, 99)).toEqual([]);
    });

    test('[ST6] tasks are listed newest first and can be published again', async () => {
      await using store = await open();
      await store.commit({ tasks: [task(1, 10), task(2, 30)] });
      await store.commit({ tasks: [task(3, 20), { ...task(1, 10), author: 'ben' }] });
      expect((await store.listTasks(2)).map(({ id }) => id)).toEqual([taskId(2), taskId(3)]);
      expect(await store.loadTask(taskId(1))).toEqual({ ...task(1, 10), author: 'ben' });
      expect(await store.loadTask(taskId(9))).toBeNull();
    });

    test('[ST6] authors are listed by name, revoked ones too', async () => {
      await using store = await open();
      await store.commit({ authors: [author('cleo'), author('ada')] });
      await store.commit({ authors: [author('cleo', { revokedAt: 5 })] });
      expect(await store.authors()).toEqual([author('ada'), author('cleo', { revokedAt: 5 })]);
    });
  });

  describe('inputs', () => {
    test.each<[string, InputSource, number, string]>([
      ['an index job', { kind: 'index', count: 3 }, 2, '2'],
      ['a range job', { kind: 'range', from: -10, to: 15, step: 10 }, 1, '{"from":0,"to":10}'],
      ['the last of a range job', { kind: 'range', from: -10, to: 15, step: 10 }, 2, '{"from":10,"to":15}'],
      [
        'a range beyond 32 bits',
        { kind: 'range', from: 0, to: 9e15, step: 1e9 },
        8_999_999,
        '{"from":8999999000000000,"to":9000000000000000}',
      ],
    ])('[ST19] the input of %s follows from its index', async (_, inputs, index, expected) => {
      await using store = await open();
      await store.commit({ jobs: [jobOf(1, inputs)] });
      expect(await store.loadInputs(at(1, index))).toEqual([expected]);
    });

    test.each<[string, InputSource, number]>([
      ['an index job', { kind: 'index', count: 3 }, 3],
      ['a range job', { kind: 'range', from: 0, to: 15, step: 10 }, 2],
      ['an empty range job', { kind: 'range', from: 5, to: 5, step: 10 }, 0],
      ['a stream job', { kind: 'stream' }, 2],
      ['a stream job, before its first', { kind: 'stream' }, -1],
    ])('[ST19] an index that %s does not have is refused', async (_, inputs, index) => {
      await using store = await open();
      await store.commit({ jobs: [jobOf(1, inputs)], ...(inputs.kind === 'stream' && { chunks: [chunk(1, 0, 0, ['1', '2'])] }) });
      await expect(store.loadInputs(at(1, index))).rejects.toMatchObject({ code: 'contradiction' });
      await expect(store.loadInputs(at(2, 0))).rejects.toThrow();
      expect((await store.loadJob(jobId(1)))?.id).toBe(jobId(1));
    });

    test('[ST19] streamed inputs come back in the order asked, from any chunk, inline and as blobs', async () => {
      await using store = await open();
      const big: Payload = { blob: digest(5), bytes: 70_000 };
      await store.commit({ jobs: [jobOf(1, { kind: 'stream' }), jobOf(2, { kind: 'stream' })] });
      await store.commit({ chunks: [chunk(1, 0, 0, ['"a"', '"β"', toPayloadLine(big)]), chunk(2, 0, 0, ['"z"'])] });
      await store.commit({ chunks: [chunk(1, 1, 3, ['"d"']), chunk(1, 2, 4, ['"e"', '"f"'])] });
      expect(await store.loadInputs([...at(1, 5, 0, 3), ...at(2, 0), ...at(1, 2, 1)])).toEqual(['"f"', '"a"', '"d"', '"z"', big, '"β"']);
    });

    test('[ST19] more chunks than are remembered come back all the same', async () => {
      await using store = await open();
      const numbers = Array.from({ length: 40 }, (_, i) => i);
      await store.commit({
        jobs: [jobOf(1, { kind: 'stream' })],
        chunks: numbers.map((i) => chunk(1, i, i * 2, [`${i * 2}`, `${i * 2 + 1}`])),
      });
      const asked = [...numbers, ...numbers].map((i) => (i * 37) % 80);
      expect(await store.loadInputs(at(1, ...asked))).toEqual(asked.map(String));
    });

    test('[ST19] a chunk’s facts answer a repeat', async () => {
      await using store = await open();
      await store.commit({ jobs: [jobOf(1, { kind: 'stream' })], chunks: [chunk(1, 0, 0, ['1']), chunk(1, 1, 1, ['2', '3'])] });
      expect(await store.loadChunk(jobId(1), 1)).toEqual({ firstIndex: 1, count: 2, digest: digest(1) });
      expect(await store.loadChunk(jobId(1), 2)).toBeNull();
      expect(await store.loadChunk(jobId(9), 0)).toBeNull();
    });
  });
}
