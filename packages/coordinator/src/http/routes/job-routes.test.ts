import { type JobView, jobMapSchema, jobViewSchema, unitsAcceptedSchema } from '@manyhands/protocol';
import { expect, test } from 'vitest';
import { addBlob } from '../../../test/add-blob.ts';
import { HttpBench } from '../../../test/http-bench.ts';

test('[HT8] the same key is the same job', async () => {
  await using bench = await new HttpBench().open();
  const body = { task: await bench.task(), title: 'Chains', key: 'morning run', inputs: { kind: 'index', count: 10 } };
  const [first, again] = [await bench.post('/v1/jobs', body), await bench.post('/v1/jobs', body)];
  const job = jobViewSchema.parse(first.json());
  expect(job).toMatchObject({ taskName: 'collatz', author: 'ada', state: 'running', units: { total: 10, waiting: 10 } });
  expect([first.status, first.headers.get('location')]).toEqual([201, `/v1/jobs/${job.id}`]);
  expect([again.status, again.json()]).toEqual([201, first.json()]);
  expect((await bench.ask('GET', `/v1/jobs/${job.id}`)).json()).toEqual(first.json());
});

test('[HT8] a job of a task that was not published is not-found', async () => {
  await using bench = await new HttpBench().open();
  const body = { task: `sha256:${'1'.repeat(64)}`, title: 'x', key: 'long enough', inputs: { kind: 'stream' } };
  expect((await bench.post('/v1/jobs', body)).code).toBe('not-found');
});

test('[HT9] chunks are taken in order; a repeat answers the same, another text under its number does not', async () => {
  await using bench = await new HttpBench().open();
  const { id } = await bench.job();
  const first = await bench.chunk(id, 0, '1\n2\n3\n');
  expect(unitsAcceptedSchema.parse(first.json())).toEqual({ chunk: 0, firstIndex: 0, count: 3, repeated: false });
  expect((await bench.chunk(id, 0, '1\n2\n3')).json()).toEqual({ chunk: 0, firstIndex: 0, count: 3, repeated: true });
  expect(await bench.chunk(id, 0, '1\n2\n4')).toMatchObject({ status: 409, code: 'conflict' });
  expect(await bench.chunk(id, 2, '9')).toMatchObject({ status: 409, code: 'conflict' });
  expect((await bench.chunk(id, 1, '4\n', true)).json()).toEqual({ chunk: 1, firstIndex: 3, count: 1, repeated: false });
  expect((await bench.ask('GET', `/v1/jobs/${id}`)).json<JobView>()).toMatchObject({ state: 'running', units: { total: 4 } });
});

test('[HT9] an empty chunk may only close', async () => {
  await using bench = await new HttpBench().open();
  const { id } = await bench.job();
  expect(await bench.chunk(id, 0, '')).toMatchObject({ code: 'bad-request', message: expect.stringContaining('close=true') });
  expect((await bench.chunk(id, 0, '', true)).json()).toMatchObject({ count: 0, repeated: false });
});

test('[HT10] a bad line is named with its chunk, and nothing is stored', async () => {
  await using bench = await new HttpBench().open();
  const { id } = await bench.job();
  expect(await bench.chunk(id, 0, '1\n\n3')).toMatchObject({
    code: 'bad-request',
    message: expect.stringMatching(/^Chunk 0: line 2 is empty/),
  });
  expect((await bench.chunk(id, 0, '1')).json()).toMatchObject({ firstIndex: 0, count: 1 });
});

test('[HT10] blobs named by lines must be stored, in that size', async () => {
  await using bench = await new HttpBench().open();
  const { id } = await bench.job();
  const here = addBlob(bench.blobs, 'a big input');
  const nowhere = `sha256:${'7'.repeat(64)}`;
  const refusals = [await bench.chunk(id, 0, `1\n@${nowhere} 5`), await bench.chunk(id, 0, `@${here} 12\n2`)];
  expect(refusals.map(({ code, message }) => [code, message.slice(0, 15)])).toEqual([
    ['bad-request', 'Chunk 0: line 2'],
    ['bad-request', 'Chunk 0: line 1'],
  ]);
  expect((await bench.chunk(id, 0, `1\n@${here} 11`)).json()).toMatchObject({ count: 2 });
});

test.each([
  ['no chunk number', '', 'bad-request'],
  ['a negative one', '?chunk=-1', 'bad-request'],
  ['one with a leading zero', '?chunk=01', 'bad-request'],
  ['a close that is no yes or no', '?chunk=0&close=maybe', 'bad-request'],
])('[HT2] units with %s are refused', async (_what, query, code) => {
  await using bench = await new HttpBench().open();
  const { id } = await bench.job();
  const headers = { 'content-type': 'application/x-ndjson' };
  expect((await bench.ask('POST', `/v1/jobs/${id}/units${query}`, { body: '1', token: bench.token, headers })).code).toBe(code);
});

test('[HT10] units in another type are unsupported', async () => {
  await using bench = await new HttpBench().open();
  const { id } = await bench.job();
  const answer = await bench.post(`/v1/jobs/${id}/units?chunk=0`, [1, 2]);
  expect([answer.status, answer.code]).toEqual([422, 'unsupported']);
});

test.each([
  [0, null],
  [1, 'too-large'],
])('[HT5] a chunk of its limit and %i bytes', async (over, code) => {
  await using bench = await new HttpBench().open({ unitsBytes: 1_000 });
  const { id } = await bench.job();
  expect((await bench.chunk(id, 0, 'x'.repeat(1_000 + over))).code).toBe(code);
});

test('[HT11] the author or the operator cancels, nobody else', async () => {
  await using bench = await new HttpBench().open();
  const [one, other] = [await bench.job(), await bench.job()];
  const eve = (await bench.post('/v1/authors', { name: 'eve', key: bench.authorKey.publicKey }, bench.adminToken)).json<{ token: string }>()
    .token;
  expect((await bench.post(`/v1/jobs/${one.id}/cancel`, {}, eve)).code).toBe('forbidden');
  expect((await bench.post(`/v1/jobs/${one.id}/cancel`, {})).json()).toMatchObject({ state: 'cancelled' });
  expect((await bench.ask('DELETE', `/v1/jobs/${other.id}`, { token: bench.adminToken })).json()).toMatchObject({ state: 'cancelled' });
});

test('[HT12] pages go from newest to oldest and meet without gap or repeat', async () => {
  await using bench = await new HttpBench().open();
  const ids = [];
  for (let i = 0; i < 5; i++) ids.push((await bench.job()).id);
  const seen: string[] = [];
  let after = '';
  for (;;) {
    const { jobs, next } = (await bench.ask('GET', `/v1/jobs?limit=2${after}`)).json<{ jobs: JobView[]; next: string | null }>();
    seen.push(...jobs.map((job) => job.id));
    if (next === null) break;
    after = `&after=${next}`;
  }
  expect(seen).toEqual(ids.toReversed());
});

test.each(['limit=0', 'limit=201', 'limit=x', 'after=job_1'])('[HT2] the query %s is refused', async (query) => {
  await using bench = await new HttpBench().open();
  expect((await bench.ask('GET', `/v1/jobs?${query}`)).code).toBe('bad-request');
});

test('[HT14] the map is in its schema', async () => {
  await using bench = await new HttpBench().open();
  const { id } = await bench.job({ inputs: { kind: 'index', count: 1_000 } });
  const map = jobMapSchema.parse((await bench.ask('GET', `/v1/jobs/${id}/map`)).json());
  expect(map.cells.length).toBeLessThanOrEqual(400);
  expect(map.cells.reduce((sum, cell) => sum + cell.total, 0)).toBe(1_000);
});
