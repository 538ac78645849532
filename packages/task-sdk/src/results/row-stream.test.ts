import type { JobId, ResultRow } from '@manyhands/protocol';
import { expect, test } from 'vitest';
import type { CoordinatorApi } from '../http/coordinator-api.ts';
import { SdkError } from '../sdk-error.ts';
import { rowsOf } from './row-stream.ts';

const rowOf = (index: number, cursor: string) => ({ index, cursor }) as ResultRow;
const signal = new AbortController().signal;

/** A job of four units that ended in one order, and in another after a restore; its first stream breaks off after two rows. */
function restoredMeanwhile() {
  const asked: (string | null)[] = [];
  const api = {
    async job() {
      return { state: 'done' };
    },
    async *results(_: JobId, after: string | null) {
      asked.push(after);
      if (asked.length === 1) {
        yield rowOf(0, '1.1');
        yield rowOf(1, '1.2');
        throw new Error('the connection broke');
      }
      if (after?.startsWith('1.') === true) throw new SdkError('refused', 'Start again.', { answer: { code: 'gone' } });
      yield* [3, 1, 0, 2].map((index, place) => rowOf(index, `9.${place + 1}`)).slice(after === null ? 0 : 4);
    },
    requester: { pause: async () => 0 },
  };
  return { api: api as unknown as CoordinatorApi, asked };
}

test('[SK29] rows go on through a restore: each unit once, whatever order they end in now', async () => {
  const { api, asked } = restoredMeanwhile();
  const indexes: number[] = [];
  for await (const { index } of rowsOf(api, 'job' as JobId, { after: null, follow: true, signal })) indexes.push(index);
  expect(indexes).toEqual([0, 1, 3, 2]);
  expect(asked).toEqual([null, '1.2', null, '9.4']);
});

test('[SK29] behind a cursor of the reader’s own, the refusal is theirs', async () => {
  const { api } = restoredMeanwhile();
  const rows = rowsOf(api, 'job' as JobId, { after: '1.0', follow: false, signal });
  expect([(await rows.next()).value?.index, (await rows.next()).value?.index]).toEqual([0, 1]);
  await expect(rows.next()).rejects.toMatchObject({ answer: { code: 'gone' } });
});
