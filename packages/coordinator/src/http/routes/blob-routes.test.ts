import { Readable } from 'node:stream';
import { digestOf } from '@manyhands/identity';
import { blobStoredSchema } from '@manyhands/protocol';
import { jobId, leaseId } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { addBlob } from '../../../test/add-blob.ts';
import { HttpBench } from '../../../test/http-bench.ts';

const BYTES = Buffer.from('0123456789');
const DIGEST = digestOf(BYTES);
const path = `/v1/blobs/${DIGEST}`;
const leasePath = `${path}?job=${jobId(1)}&index=4`;

test('[HT18] an author stores bytes under their digest, again without harm', async () => {
  await using bench = await new HttpBench().open();
  for (let i = 0; i < 2; i++) {
    const answer = await bench.ask('PUT', path, { body: BYTES, token: bench.token });
    expect([answer.status, blobStoredSchema.parse(answer.json())]).toEqual([201, { digest: DIGEST, bytes: 10 }]);
  }
  expect((await bench.ask('GET', path)).text).toBe('0123456789');
});

test('[HT18] any type of content is bytes, also none and JSON', async () => {
  await using bench = await new HttpBench().open();
  for (const type of ['application/json', 'application/octet-stream', 'text/plain']) {
    expect((await bench.ask('PUT', path, { body: BYTES, token: bench.token, headers: { 'content-type': type } })).status).toBe(201);
  }
  expect((await bench.ask('PUT', `/v1/blobs/${digestOf('')}`, { token: bench.token })).json()).toMatchObject({ bytes: 0 });
});

test('[HT18] other bytes than the name says are refused, and say what they are', async () => {
  await using bench = await new HttpBench().open();
  const answer = await bench.ask('PUT', path, { body: 'forged', token: bench.token });
  expect(answer).toMatchObject({ status: 409, code: 'digest-mismatch' });
  expect(answer.json()).toMatchObject({ error: { details: { actual: digestOf('forged') } } });
  expect((await bench.ask('GET', path)).code).toBe('not-found');
});

test.each(['sha256:short', `sha256:${'G'.repeat(64)}`, '..%2f..%2fetc%2fpasswd', `md5:${'0'.repeat(64)}`])(
  '[HT2] the name %s is refused',
  async (name) => {
    await using bench = await new HttpBench().open();
    expect((await bench.ask('GET', `/v1/blobs/${name}`)).code).toBe('bad-request');
    expect((await bench.ask('PUT', `/v1/blobs/${name}`, { body: 'x', token: bench.token })).code).toBe('bad-request');
  },
);

test.each([
  [9, 'too-large'],
  [10, null],
])('[HT18] a lease that allows %i bytes for ten', async (allowance, code) => {
  await using bench = await new HttpBench().open();
  bench.coordinator.allowances.set(leaseId(1), allowance);
  const answer = await bench.ask('PUT', leasePath, { body: BYTES, headers: { authorization: `Lease ${leaseId(1)}` } });
  expect(answer.code).toBe(code);
});

test('[HT18] bytes whose number is not announced are counted as they come', async () => {
  await using bench = await new HttpBench().open({ blobBytes: 15 });
  const put = (pieces: number) =>
    fetch(`${bench.url}${path}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${bench.token}` },
      body: Readable.from(Array.from({ length: pieces }, () => BYTES)) as unknown as ReadableStream,
      duplex: 'half',
    } as RequestInit);
  expect((await put(2)).status).toBe(413);
  expect((await put(1)).status).toBe(201);
});

test('[HT4] a lease that has ended stores nothing', async () => {
  await using bench = await new HttpBench().open();
  const headers = { authorization: `Lease ${leaseId(1)}` };
  expect(await bench.ask('PUT', leasePath, { body: BYTES, headers })).toMatchObject({ status: 410, code: 'gone' });
  bench.coordinator.allowances.set(leaseId(1), 10);
  expect((await bench.ask('PUT', path, { body: BYTES, headers })).code).toBe('bad-request');
  expect((await bench.ask('PUT', leasePath, { body: BYTES, headers: { authorization: 'Lease x' } })).code).toBe('unauthorized');
  expect(await bench.blobs.size(DIGEST)).toBeNull();
});

test('[HT19] whole, in part, by condition, or only its size', async () => {
  await using bench = await new HttpBench().open();
  addBlob(bench.blobs, BYTES);
  const get = async (headers: Record<string, string> = {}, method = 'GET') => {
    const answer = await bench.ask(method, path, { headers });
    return [answer.status, answer.text, answer.headers.get('content-length'), answer.headers.get('content-range')];
  };
  expect(await get()).toEqual([200, '0123456789', '10', null]);
  expect(await get({ range: 'bytes=2-4' })).toEqual([206, '234', '3', 'bytes 2-4/10']);
  expect(await get({ range: 'bytes=-3' })).toEqual([206, '789', '3', 'bytes 7-9/10']);
  expect(await get({ range: 'bytes=0-1', 'if-range': `"${DIGEST}"` })).toEqual([206, '01', '2', 'bytes 0-1/10']);
  expect(await get({ range: 'bytes=0-1', 'if-range': '"other"' })).toEqual([200, '0123456789', '10', null]);
  expect((await get({ 'if-none-match': `"${DIGEST}"` })).slice(0, 2)).toEqual([304, '']);
  expect(await get({}, 'HEAD')).toEqual([200, '', '10', null]);
  expect((await bench.ask('GET', path)).headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
});

test('[HT19] a range outside the blob says how large it is', async () => {
  await using bench = await new HttpBench().open();
  addBlob(bench.blobs, BYTES);
  const answer = await bench.ask('GET', path, { headers: { range: 'bytes=10-' } });
  expect([answer.status, answer.code, answer.headers.get('content-range')]).toEqual([416, 'range-not-satisfiable', 'bytes */10']);
  expect((await bench.ask('HEAD', `/v1/blobs/sha256:${'1'.repeat(64)}`)).status).toBe(404);
});
