import type { ServerResponse } from 'node:http';
import { digestOf } from '@manyhands/identity';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { jobId, leaseId, taskId } from '../../test/builders.ts';
import { FakeCoordinator } from '../../test/fake-coordinator.ts';
import { parseRetryAfter } from './http-answer.ts';
import { createHttpCoordinator, fetchProject } from './http-coordinator.ts';

let coordinator: FakeCoordinator;
beforeEach(async () => {
  coordinator = await FakeCoordinator.open();
});
afterEach(() => coordinator[Symbol.asyncDispose]());

const never = new AbortController().signal;
const api = () => createHttpCoordinator(new URL(coordinator.url));
const ref = { lease: leaseId(1), job: jobId(), index: 7 };

function answerWith(status: number, headers: Record<string, string> = {}, body = ''): void {
  coordinator.intercept = (_request, response: ServerResponse) => {
    response.writeHead(status, headers).end(body);
    return true;
  };
}

async function read(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test('a signed task, a project, a blob from any byte on, an output under its lease', async () => {
  const id = coordinator.project.publish('return input;');
  expect(await api().fetchTask(id, never)).toEqual({ kind: 'ok', value: coordinator.project.tasks.get(id) });
  expect(await fetchProject(new URL(coordinator.url), never)).toMatchObject({ kind: 'ok', value: { operator: 'Ada Lovelace' } });
  const digest = coordinator.project.store('0123456789');
  const whole = await api().openBlob(digest, 0, never);
  const rest = await api().openBlob(digest, 4, never);
  expect(whole.kind === 'ok' && [whole.value.from, await read(whole.value.bytes)]).toEqual([0, '0123456789']);
  expect(rest.kind === 'ok' && [rest.value.from, await read(rest.value.bytes)]).toEqual([4, '456789']);
  const output = Buffer.from('"large"');
  expect(await api().uploadOutput(ref, digestOf(output), output, never)).toEqual({ kind: 'ok', value: null });
  expect(coordinator.uploads.size).toBe(1);
  expect(coordinator.requests.at(-1)).toBe(`PUT /v1/blobs/${digestOf(output)}?job=${jobId()}&index=7`);
});

test('what asking again cannot change is refused, in the coordinator’s words', async () => {
  expect(await api().fetchTask(taskId(), never)).toEqual({ kind: 'refused', reason: '404 Nothing of that name.' });
  answerWith(410, {}, 'gone, in plain words');
  expect(await api().uploadOutput(ref, digestOf('x'), Buffer.from('x'), never)).toEqual({
    kind: 'refused',
    reason: '410 gone, in plain words',
  });
});

test('[WK19] overload and trouble are to be tried again, not before the time that was told', async () => {
  answerWith(503, { 'retry-after': '7' });
  expect(await api().fetchTask(taskId(), never)).toMatchObject({ kind: 'unavailable', toldMs: 7_000 });
  answerWith(500);
  expect(await api().openBlob(digestOf('x'), 0, never)).toMatchObject({ kind: 'unavailable', toldMs: null });
  answerWith(429, { 'retry-after': 'soon' });
  expect(await api().fetchTask(taskId(), never)).toMatchObject({ kind: 'unavailable', toldMs: null });
});

test('an answer that does not fit is refused; a redirect is not followed', async () => {
  answerWith(200, {}, '{"signed":{}}');
  expect(await api().fetchTask(taskId(), never)).toMatchObject({
    kind: 'refused',
    reason: expect.stringContaining('is it a Manyhands coordinator'),
  });
  answerWith(200, {}, '<html>');
  expect(await fetchProject(new URL(coordinator.url), never)).toMatchObject({ kind: 'refused' });
  answerWith(200, {}, 'x'.repeat(1_100_000));
  expect(await fetchProject(new URL(coordinator.url), never)).toMatchObject({ kind: 'refused', reason: expect.stringContaining('larger') });
  answerWith(302, { location: 'http://127.0.0.1:1/elsewhere' });
  expect(await api().fetchTask(taskId(), never)).toMatchObject({ kind: 'unavailable' });
});

test('nobody there: unavailable, with the reason in words', async () => {
  const url = new URL(coordinator.url);
  await coordinator[Symbol.asyncDispose]();
  expect(await createHttpCoordinator(url).fetchTask(taskId(), never)).toEqual({
    kind: 'unavailable',
    reason: `${url.origin} cannot be reached: ECONNREFUSED`,
    toldMs: null,
  });
});

test('an answer that breaks off is to be tried again', async () => {
  coordinator.intercept = (_request, response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('{"half', () => response.destroy());
    return true;
  };
  expect(await api().fetchTask(taskId(), never)).toMatchObject({ kind: 'unavailable', reason: expect.stringContaining('broke off') });
});

test('Retry-After in seconds or as a date', () => {
  expect(parseRetryAfter('120', 0)).toBe(120_000);
  expect(parseRetryAfter(new Date(60_000).toUTCString(), 10_000)).toBe(50_000);
  expect(parseRetryAfter(new Date(0).toUTCString(), 10_000)).toBe(0);
  expect([parseRetryAfter(null, 0), parseRetryAfter('', 0), parseRetryAfter('soon', 0)]).toEqual([null, null, null]);
});
