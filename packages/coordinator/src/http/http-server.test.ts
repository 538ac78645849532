import { connect } from 'node:net';
import { errorBodySchema, projectViewSchema, statsViewSchema } from '@manyhands/protocol';
import { expect, test } from 'vitest';
import { HttpBench } from '../../test/http-bench.ts';

/** Bytes as they are onto a socket; the whole answer. */
function speakRaw(url: string, text: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text));
  let answer = '';
  socket.setEncoding('utf8').on('data', (piece) => {
    answer += piece;
  });
  return new Promise((resolve) => socket.on('close', () => resolve(answer)));
}
const errorIn = (answer: string) => errorBodySchema.parse(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))).error;

test('[HT1] an unknown address is not-found, in the form of every error', async () => {
  await using bench = await new HttpBench().open();
  for (const [method, path] of [
    ['GET', '/v1/nothing'],
    ['POST', '/v1/project'],
    ['DELETE', '/'],
  ] as const) {
    expect(await bench.ask(method, path)).toMatchObject({ status: 404, code: 'not-found', message: expect.stringContaining(path) });
  }
});

test.each([
  ['garbage', 'GARBAGE\r\n\r\n', 'bad-request'],
  ['headers without end', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(9_000)}\r\n\r\n`, 'too-large'],
  ['an address that cannot be decoded', 'GET /v1/jobs/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 'bad-request'],
])('[HT1] what is no request is answered in the same form: %s', async (_what, text, code) => {
  await using bench = await new HttpBench().open();
  expect(errorIn(await speakRaw(bench.url, text)).code).toBe(code);
});

test('[HT1] what nobody foresaw is internal, and named by an id', async () => {
  await using bench = await new HttpBench().open();
  bench.coordinator.figures = () => {
    throw new Error('secret path /etc');
  };
  const answer = await bench.ask('GET', '/v1/stats');
  expect(answer).toMatchObject({ status: 500, code: 'internal' });
  expect(answer.text).not.toContain('secret');
  expect(answer.message).toContain(answer.json<{ error: { details: { id: string } } }>().error.details.id);
});

test.each([
  ['broken JSON', '{"task":', 'application/json', 'bad-request'],
  ['a key that reaches a prototype', '{"__proto__":{"x":1}}', 'application/json', 'bad-request'],
  ['an unknown key', '{"tusk":1}', 'application/json', 'bad-request'],
  ['another type of content', 'task=1', 'application/x-www-form-urlencoded', 'unsupported'],
  ['a type with a tab in it', '{}', 'application/json\t;x', 'bad-request'],
])('[HT2] a body with %s is refused', async (_what, body, type, code) => {
  await using bench = await new HttpBench().open();
  const answer = await bench.ask('POST', '/v1/jobs', { body, token: bench.token, headers: { 'content-type': type } });
  expect(answer.code).toBe(code);
});

test('[HT2] a refusal names the place', async () => {
  await using bench = await new HttpBench().open();
  const body = { task: `sha256:${'0'.repeat(64)}`, title: 'x', key: 'long enough', inputs: { kind: 'range', from: 0, to: 1, step: 0 } };
  expect((await bench.post('/v1/jobs', body)).message).toContain('inputs.step');
});

test('[HT3] every answer carries security headers', async () => {
  await using bench = await new HttpBench().open();
  for (const path of ['/', '/v1/stats', '/nothing']) {
    const { headers } = await bench.ask('GET', path);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
});

test.each([
  ['none', {}, 'unauthorized'],
  ['one of another form', { authorization: 'Basic YWRhOmFkYQ==' }, 'unauthorized'],
  ['an unknown one', { authorization: 'Bearer nobody' }, 'unauthorized'],
])('[HT4] with a token of this kind nothing is written: %s', async (_what, headers, code) => {
  await using bench = await new HttpBench().open();
  const writes: [string, string][] = [
    ['POST', '/v1/tasks'],
    ['POST', '/v1/jobs'],
    ['POST', '/v1/jobs/job_0000000000000000000001/units?chunk=0'],
    ['POST', '/v1/jobs/job_0000000000000000000001/cancel'],
    ['DELETE', '/v1/jobs/job_0000000000000000000001'],
    ['PUT', `/v1/blobs/sha256:${'0'.repeat(64)}`],
    ['POST', '/v1/authors'],
    ['DELETE', '/v1/authors/ada'],
    ['GET', '/v1/authors'],
  ];
  for (const [method, path] of writes) {
    const answer = await bench.ask(method, path, { headers });
    expect([method, path, answer.status, answer.code]).toEqual([method, path, 401, code]);
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
  }
});

test('[HT4] a token of the wrong kind is forbidden', async () => {
  await using bench = await new HttpBench().open();
  expect((await bench.post('/v1/jobs', {}, bench.adminToken)).code).toBe('forbidden');
  expect((await bench.post('/v1/authors', {}, bench.token)).code).toBe('forbidden');
});

test('[HT4] a body is not read from whoever may not send it', async () => {
  await using bench = await new HttpBench().open();
  const head = `POST /v1/jobs/job_0000000000000000000001/units?chunk=0 HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nContent-Length: 30000000\r\n\r\n`;
  expect(errorIn(await speakRaw(bench.url, head)).code).toBe('unauthorized');
});

test.each([
  [0, 'bad-request'],
  [1, 'too-large'],
])('[HT5] a body of 64 KiB and %i bytes is %s', async (over, code) => {
  await using bench = await new HttpBench().open();
  const body = JSON.stringify({ x: '' }).replace('""', `"${'x'.repeat(64 * 1024 - 8 + over)}"`);
  expect(body).toHaveLength(64 * 1024 + over);
  expect((await bench.ask('POST', '/v1/jobs', { body, token: bench.token, headers: { 'content-type': 'application/json' } })).code).toBe(
    code,
  );
});

test('[HT5] a body that does not arrive in time is given up, and its connection with it', async () => {
  await using bench = await new HttpBench().open({ requestMs: 50 });
  const head = `POST /v1/jobs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${bench.token}\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{`;
  const answer = await speakRaw(bench.url, head);
  expect([errorIn(answer).code, /connection: close/i.test(answer)]).toEqual(['overloaded', true]);
});

test('[HT5] one request more than allowed in a minute is rate-limited, and told when to come back', async () => {
  await using bench = await new HttpBench().open({ requestsPerMinute: 3, limitLoopback: true });
  const codes = [];
  for (let i = 0; i < 4; i++) codes.push((await bench.ask('GET', '/v1/project')).code);
  expect(codes).toEqual([null, null, null, 'rate-limited']);
  expect(Number((await bench.ask('GET', '/v1/project')).headers.get('retry-after'))).toBeGreaterThan(0);
});

test('[HT5] this machine’s own requests are not counted', async () => {
  await using bench = await new HttpBench().open({ requestsPerMinute: 1 });
  for (let i = 0; i < 5; i++) expect((await bench.ask('GET', '/v1/project')).status).toBe(200);
});

test('[HT21] figures and project are in their schemas', async () => {
  await using bench = await new HttpBench().open();
  const job = await bench.job({ inputs: { kind: 'index', count: 3 } });
  await bench.finish(job.id, 0, '1');
  const stats = statsViewSchema.parse((await bench.ask('GET', '/v1/stats')).json());
  expect(stats).toMatchObject({
    finalUnits: 1,
    leaders: [{ validResults: 1, credit: 5 }],
    jobs: [{ id: job.id, hosts: 1, units: { final: 1, waiting: 2 } }],
  });
  const project = projectViewSchema.parse((await bench.ask('GET', '/v1/project')).json());
  expect(project).toMatchObject({ name: 'Bench', projectKey: bench.projectKey.publicKey });
});

test('[HT21] many readers cost one reading, for half a second', async () => {
  await using bench = await new HttpBench().open();
  let readings = 0;
  const totals = bench.coordinator.store.totals.bind(bench.coordinator.store);
  bench.coordinator.store.totals = () => {
    readings++;
    return totals();
  };
  await Promise.all(Array.from({ length: 20 }, () => bench.ask('GET', '/v1/stats')));
  expect(readings).toBe(1);
  bench.clock.advance(500);
  await bench.ask('GET', '/v1/stats');
  expect(readings).toBe(2);
});

test('[HT23] live is not the same as ready', async () => {
  await using bench = await new HttpBench().open();
  expect([(await bench.ask('GET', '/livez')).status, (await bench.ask('GET', '/readyz')).status]).toEqual([200, 200]);
  bench.unready = 'the disk is full';
  const answer = await bench.ask('GET', '/readyz');
  expect(answer).toMatchObject({ status: 503, code: 'overloaded', message: 'Not ready: the disk is full.' });
  expect(answer.headers.get('retry-after')).toBe('5');
  expect((await bench.ask('HEAD', '/livez')).status).toBe(200);
});

test('[HT24] a closed server leaves no timer and no listener behind', async () => {
  const bench = await new HttpBench().open();
  expect(bench.coordinator.listeners).toBeGreaterThan(0);
  await bench[Symbol.asyncDispose]();
  expect([bench.coordinator.listeners, bench.clock.timers]).toEqual([0, 0]);
});
