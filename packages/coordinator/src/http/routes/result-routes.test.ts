import { type JobId, type ResultRow, resultRowSchema } from '@manyhands/protocol';
import { expect, test, vi } from 'vitest';
import { HttpBench } from '../../../test/http-bench.ts';

const rowsIn = (text: string): ResultRow[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => resultRowSchema.parse(JSON.parse(line)));

async function finished(bench: HttpBench, indexes: number[]): Promise<JobId> {
  const { id } = await bench.job({ inputs: { kind: 'index', count: 1_000 } });
  for (const index of indexes) await bench.finish(id, index, String(index * 10));
  return id;
}

/** Reads an answer piece by piece, as it comes. */
async function follow(bench: HttpBench, path: string) {
  const leaving = new AbortController();
  const response = await fetch(`${bench.url}${path}`, { signal: leaving.signal });
  let text = '';
  const whole = (async () => {
    for await (const piece of response.body ?? []) text += Buffer.from(piece).toString();
    return text;
  })();
  whole.catch(() => {});
  return { status: response.status, text: () => text, whole, leave: () => leaving.abort() };
}

test('[HT15] rows come in the order of their endings; going on from any cursor misses and repeats none', async () => {
  await using bench = await new HttpBench().open();
  const id = await finished(bench, [5, 2, 9, 0]);
  const rows = rowsIn((await bench.ask('GET', `/v1/jobs/${id}/results`)).text);
  expect(rows.map(({ index, output }) => [index, output])).toEqual([
    [5, '50'],
    [2, '20'],
    [9, '90'],
    [0, '0'],
  ]);
  for (const [i, { cursor }] of rows.entries()) {
    expect(rowsIn((await bench.ask('GET', `/v1/jobs/${id}/results?after=${cursor}`)).text)).toEqual(rows.slice(i + 1));
  }
  expect(rowsIn((await bench.ask('GET', `/v1/jobs/${id}/results?limit=2&after=1`)).text)).toEqual(rows.slice(1, 3));
});

test('[HT15] a cursor from before a restore is refused, and says to start again; the first place is in every life', async () => {
  await using bench = await new HttpBench().open();
  const id = await finished(bench, [5, 2, 9]);
  const [, row] = rowsIn((await bench.ask('GET', `/v1/jobs/${id}/results`)).text);
  expect(row?.cursor).toBe('1.2');
  Object.defineProperty(bench.coordinator.store, 'epoch', { value: 1_764_000_000 });
  for (const cursor of ['1.2', '2', '7.2']) {
    const refused = await bench.ask('GET', `/v1/jobs/${id}/results?after=${cursor}`);
    expect(refused).toMatchObject({ status: 410, code: 'gone' });
    expect(refused.text).toMatch(/restored from a backup.*start again from the first row/);
  }
  const again = rowsIn((await bench.ask('GET', `/v1/jobs/${id}/results?after=0`)).text);
  expect(again.map(({ cursor }) => cursor)).toEqual(['1764000000.1', '1764000000.2', '1764000000.3']);
  expect(rowsIn((await bench.ask('GET', `/v1/jobs/${id}/results?after=1764000000.2`)).text).map(({ index }) => index)).toEqual([9]);
});

test('[HT15] more rows than a page come whole', async () => {
  await using bench = await new HttpBench().open();
  const id = await finished(
    bench,
    Array.from({ length: 300 }, (_, i) => i),
  );
  expect(rowsIn((await bench.ask('GET', `/v1/jobs/${id}/results`)).text).map(({ index }) => index)).toEqual(
    Array.from({ length: 300 }, (_, i) => i),
  );
  expect(rowsIn((await bench.ask('GET', `/v1/jobs/${id}/results?limit=257`)).text)).toHaveLength(257);
});

test('[HT15] CSV has a head and a line a row', async () => {
  await using bench = await new HttpBench().open();
  const id = await finished(bench, [3]);
  const { text, headers } = await bench.ask('GET', `/v1/jobs/${id}/results?format=csv`);
  expect(headers.get('content-type')).toContain('text/csv');
  expect(text.split('\r\n').map((line) => line.split(',').slice(0, 4))).toEqual([
    ['index', 'status', 'input', 'output'],
    ['3', 'ok', '3', '30'],
    [''],
  ]);
});

test.each(['after=-1', 'after=x', 'after=1.', 'after=0.1', 'after=1.1.1', 'limit=0', 'follow=perhaps', 'format=xml'])(
  '[HT2] the query %s is refused',
  async (query) => {
    await using bench = await new HttpBench().open();
    const id = await finished(bench, []);
    expect((await bench.ask('GET', `/v1/jobs/${id}/results?${query}`)).code).toBe('bad-request');
  },
);

test('[HT15] results of an unknown job are not-found', async () => {
  await using bench = await new HttpBench().open();
  expect((await bench.ask('GET', '/v1/jobs/job_0000000000000000000009/results?follow=true')).code).toBe('not-found');
});

test('[HT16] follow sends rows as units end and ends with the job', async () => {
  await using bench = await new HttpBench().open();
  const id = await finished(bench, [1]);
  const { text, whole } = await follow(bench, `/v1/jobs/${id}/results?follow=true`);
  await vi.waitFor(() => expect(rowsIn(text())).toHaveLength(1));
  await bench.finish(id, 2, '20');
  await vi.waitFor(() => {
    bench.clock.advance(100);
    expect(rowsIn(text())).toHaveLength(2);
  });
  // The last row and the end of the job become visible at once.
  await bench.finish(id, 3, '30');
  const job = await bench.coordinator.store.loadJob(id);
  if (job !== null) await bench.coordinator.change(job, { state: 'done', endedAt: 1 });
  bench.clock.advance(100);
  expect(rowsIn(await whole).map(({ index }) => index)).toEqual([1, 2, 3]);
});

test('[HT16] a silent stream shows at once, and then again and again, that it lives', async () => {
  await using bench = await new HttpBench().open();
  const id = await finished(bench, []);
  const { text } = await follow(bench, `/v1/jobs/${id}/results?follow=true`);
  await vi.waitFor(() => expect(text()).toBe('\n'));
  for (const lines of ['\n\n', '\n\n\n']) {
    bench.clock.advance(15_000);
    await vi.waitFor(() => expect(text()).toBe(lines));
  }
});

test('[HT16] an answer that follows nothing holds rows and nothing else', async () => {
  await using bench = await new HttpBench().open();
  const id = await finished(bench, []);
  expect((await bench.ask('GET', `/v1/jobs/${id}/results`)).text).toBe('');
});

test('[HT16] a reader who takes nothing is sent no more than fits on the way', async () => {
  await using bench = await new HttpBench().open();
  const { id } = await bench.job({ inputs: { kind: 'index', count: 1_000 } });
  for (let i = 0; i < 1_000; i++) await bench.finish(id, i, JSON.stringify('x'.repeat(30_000)));
  const read: number[] = [];
  const { store } = bench.coordinator;
  const results = store.results.bind(store);
  store.results = (job, after, limit) => {
    read.push(after);
    return results(job, after, limit);
  };
  const { body } = await fetch(`${bench.url}/v1/jobs/${id}/results`);
  await vi.waitFor(() => expect(read.length).toBeGreaterThan(0));
  // Other requests come and go, and the reading has not gone on to the end (30 MB).
  for (let i = 0; i < 20; i++) await bench.ask('GET', '/livez');
  expect(Math.max(...read)).toBeLessThan(1_000);
  await body?.cancel();
});

test('[HT22] a stream beyond the limit is overloaded; one that ends makes room, however it ends', async () => {
  await using bench = await new HttpBench().open({ streams: 1 });
  const id = await finished(bench, []);
  const path = `/v1/jobs/${id}/results?follow=true`;
  const first = await follow(bench, path);
  expect(await bench.ask('GET', path)).toMatchObject({ status: 503, code: 'overloaded' });
  expect((await bench.ask('GET', '/v1/events')).code).toBe('overloaded');
  first.leave();
  await vi.waitFor(async () => {
    const next = await follow(bench, path);
    next.leave();
    expect(next.status).toBe(200);
  });
});

test('[HT24] a server that closes ends its followers', async () => {
  const bench = await new HttpBench().open();
  const id = await finished(bench, [1]);
  const { text, whole } = await follow(bench, `/v1/jobs/${id}/results?follow=true`);
  await vi.waitFor(() => expect(rowsIn(text())).toHaveLength(1));
  await bench[Symbol.asyncDispose]();
  expect(rowsIn(await whole)).toHaveLength(1);
});
