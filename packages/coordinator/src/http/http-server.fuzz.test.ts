import { ERROR_STATUS, errorBodySchema } from '@manyhands/protocol';
import { jobId } from '@manyhands/testkit';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { HttpBench } from '../../test/http-bench.ts';

const RUNS = 500;
const DIGEST = `sha256:${'0'.repeat(64)}`;

const segment = fc.oneof(
  fc.constantFrom(
    'v1',
    'jobs',
    'tasks',
    'blobs',
    'units',
    'results',
    'authors',
    'cancel',
    'map',
    'stats',
    jobId(1),
    jobId(9),
    DIGEST,
    '0',
    '..',
    '%2e%2e',
    '%00',
    '%zz',
  ),
  fc.string({ maxLength: 12 }).map(encodeURIComponent),
);
const query = fc.oneof(
  fc.constantFrom(
    '',
    '?chunk=0',
    '?chunk=0&close=true',
    '?after=1',
    '?limit=5',
    '?format=csv',
    '?job=x&index=0',
    '?chunk=0&chunk=1',
    '?__proto__=1',
  ),
  fc.string({ maxLength: 20 }).map((text) => `?${encodeURI(text.isWellFormed() ? text : '')}`),
);
const known = fc.constantFrom(
  '/v1/jobs',
  '/v1/tasks',
  '/v1/authors',
  `/v1/jobs/${jobId(1)}`,
  `/v1/jobs/${jobId(1)}/units`,
  `/v1/jobs/${jobId(1)}/results`,
  `/v1/jobs/${jobId(1)}/units/0`,
  `/v1/blobs/${DIGEST}`,
  '/',
);
const path = fc.oneof(
  known,
  fc.array(segment, { maxLength: 5 }).map((segments) => `/${segments.join('/')}`),
);
const type = fc.constantFrom(
  'application/json',
  'application/json; charset=utf-8',
  ' application/json',
  'application/json\t',
  'application/x-ndjson',
  'text/plain',
  'multipart/form-data; boundary=x',
  '',
  'x',
);
const body = fc.oneof(
  fc.json(),
  fc.string(),
  fc.constantFrom('1\n2\n', '@x\n', '{"__proto__":{}}', '{"task":1}', '[]', 'null'),
  fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
);
const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS'),
  path,
  query,
  type,
  body,
  token: fc.constantFrom('author', 'admin', 'none', 'Lease lease_0000000000000000000001', 'Bearer '),
  range: fc.constantFrom('bytes=0-', 'bytes=-', 'bytes=9999999999999999999-', 'x'),
});

test('[HT1] whatever is asked, the answer is no accident, and every error is in its form', async () => {
  await using bench = await new HttpBench().open();
  await bench.job({ inputs: { kind: 'stream' } });
  const tokens: Record<string, string> = { author: `Bearer ${bench.token}`, admin: `Bearer ${bench.adminToken}`, none: '' };
  await fc.assert(
    fc.asyncProperty(request, async ({ method, path, query, type, body, token, range }) => {
      const withBody = method === 'GET' || method === 'HEAD' ? {} : { payload: body };
      const headers = { authorization: tokens[token] ?? token, range, ...(type !== '' && { 'content-type': type }) };
      const answer = await bench.app.inject({ method: method as 'GET', url: path + query, headers, ...withBody });
      expect(answer.statusCode).not.toBe(500);
      const isPage = String(answer.headers['content-type']).startsWith('text/html');
      if (answer.statusCode < 400 || method === 'HEAD' || isPage) return;
      const { error } = errorBodySchema.parse(answer.json());
      expect(ERROR_STATUS[error.code]).toBe(answer.statusCode);
    }),
    { numRuns: RUNS },
  );
});
