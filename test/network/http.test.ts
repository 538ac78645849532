/** Requests of all kinds at a real coordinator: every route there is, each method, odd spellings of types and names, bodies one edit away from right. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createJobSchema, ERROR_STATUS, errorBodySchema, publishTaskSchema } from '@manyhands/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Chance } from '../simulation/chance.ts';
import { edited, mutated, rawBytes } from './frame-edits.ts';
import { publishEndlessJobs } from './frame-fuzz.ts';
import { NetworkCoordinator } from './network-coordinator.ts';
import { ask, type RawAnswer, type RawRequest } from './raw-request.ts';
import { arbitraryOf } from './schema-arbitrary.ts';

const SEED = 5;
const REQUESTS = 4_000;
const LANES = 8;
const LIMIT_MS = 180_000;

let coordinator: NetworkCoordinator;
let job: string;
let adminToken: string;
beforeAll(async () => {
  coordinator = await NetworkCoordinator.open();
  await publishEndlessJobs(coordinator);
  const { jobs } = await coordinator.author.send<{ jobs: { id: string }[] }>('GET', '/v1/jobs');
  job = jobs[0]?.id as string;
  adminToken = readFileSync(join(coordinator.folder, 'admin-token'), 'utf8').trim();
});
afterAll(async () => {
  expect(await coordinator.close()).toEqual([]);
  expect(coordinator.fsck().found).toEqual({});
  await coordinator[Symbol.asyncDispose]();
});

/** Every path that a route is registered under, from their sources: none can be forgotten here. */
const ROUTES_FOLDER = new URL('../../packages/coordinator/src/http/routes/', import.meta.url);
const ROUTES = readdirSync(ROUTES_FOLDER)
  .filter((file) => !file.endsWith('.test.ts'))
  .flatMap((file) => [...readFileSync(new URL(file, ROUTES_FOLDER), 'utf8').matchAll(/['`](\/[\w/:]*)['`]/g)])
  .map(([, path]) => path as string);

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND', 'get'];
const DIGEST = `sha256:${'0'.repeat(64)}`;
const NAMES = [
  DIGEST,
  '0',
  '1',
  '-1',
  '1e3',
  '99999999999999999999',
  '..',
  '%2e%2e',
  '%00',
  '%zz',
  '%c3%28',
  '__proto__',
  'constructor',
  'a'.repeat(300),
  'é',
  '%F0%9F%98%80',
  ' ',
  '%20',
  ';',
  '',
];
const QUERIES = [
  '',
  '?',
  '?limit=0',
  '?limit=-1',
  '?limit=1e9',
  '?limit=NaN',
  '?limit=5&limit=6',
  '?after=x',
  '?after=99999999999999999999',
  '?chunk=0',
  '?chunk=0&close=true',
  '?chunk=-1',
  '?format=csv',
  '?format[]=csv',
  '?__proto__[polluted]=1',
  '?constructor.prototype.polluted=1',
  '?%00=%00',
  '?follow=yes',
  `?${'a=1&'.repeat(500)}`,
  '?%zz',
];
const TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json; charset=utf-7',
  'application/json\t',
  ' application/json',
  '\tapplication/json',
  'application/json;',
  'application/json; charset',
  'APPLICATION/JSON',
  'application/json, text/plain',
  'application/json\t; charset=utf-8',
  'application/vnd.api+json',
  'application/x-ndjson',
  'application/x-ndjson\t',
  'text/plain',
  'text/json',
  'multipart/form-data; boundary=x',
  'application/x-www-form-urlencoded',
  'application/octet-stream',
  '*/*',
  'x',
  '\u00a0application/json',
  'application/jso\u006e;a="\\""',
];

const BODIES = [arbitraryOf(createJobSchema), arbitraryOf(publishTaskSchema)];
function drawBody(chance: Chance): string | Buffer {
  const value = chance.pick(BODIES)(chance);
  const how = chance.int(0, 9);
  if (how < 3) return JSON.stringify(value);
  if (how < 6) return edited(value, chance).text.toWellFormed();
  if (how < 8) return mutated(JSON.stringify(value), chance).text.toWellFormed();
  return how === 8
    ? rawBytes(chance)
    : chance.pick(['', '1\n2\n', '@x\n', '\n', 'null', '[]', '{', '\u0000', '{"__proto__":{"polluted":1}}']);
}

function draw(chance: Chance): RawRequest {
  const { token } = coordinator.author.file;
  const path = chance.pick(ROUTES).replaceAll(/:\w+/g, () => (chance.isTrue(0.3) ? job : chance.pick(NAMES)));
  const authorization = chance.pick([
    `Bearer ${token}`,
    `Bearer ${token}`,
    `Bearer ${adminToken}`,
    'Bearer x',
    'Lease x',
    'Basic eDp4',
    '',
  ]);
  const headers = [`Content-Type: ${chance.pick(TYPES)}`, `Authorization: ${authorization}`];
  if (chance.isTrue(0.2))
    headers.push(
      `Range: ${chance.pick(['bytes=0-', 'bytes=-', 'bytes=9-1', 'bytes=-0', 'bytes=0-0,1-1', 'x', `bytes=${'9'.repeat(40)}-`])}`,
    );
  if (chance.isTrue(0.1)) headers.push(`Accept: ${chance.pick(['text/event-stream', 'text/html', 'x', ''])}`);
  if (chance.isTrue(0.05))
    headers.push(
      chance.pick([
        'Expect: 100-continue',
        'Transfer-Encoding: gzip',
        'Connection: upgrade',
        'Upgrade: h2c',
        'X-Forwarded-For: 1.2.3.4',
        `Cookie: ${'a'.repeat(3_000)}`,
      ]),
    );
  return { method: chance.pick(METHODS), target: encodeTarget(path + chance.pick(QUERIES)), headers, body: drawBody(chance) };
}

/** What cannot stand in a request line at all would only test Node's parser. */
const encodeTarget = (target: string): string =>
  target.replaceAll(/[^\x21-\x7e]/g, (character) => (character === '\u00e9' ? character : '%20'));

/** A trace of calls, or a file of ours. */
const ESCAPED = /\n\s+at |node_modules|\.ts:\d+/;

/** null: as it should be. */
function complaintOf({ method }: RawRequest, { status, head, body }: RawAnswer): string | null {
  if (ESCAPED.test(body)) return `a stack escaped: ${body.slice(0, 300)}`;
  if (status >= 500 && status !== 503) return `${status}: ${body.slice(0, 300)}`;
  if (status < 400 || method === 'HEAD' || /content-type: text\/html/i.test(head)) return null;
  const parsed = errorBodySchema.safeParse(parse(body));
  if (!parsed.success) return `${status}, and not in the form of errors: ${body.slice(0, 300)}`;
  return ERROR_STATUS[parsed.data.error.code] === status ? null : `${status} for ${parsed.data.error.code}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

test('[NW11] whatever is asked, the answer is no accident, every error is in its form, and no stack escapes', {
  timeout: LIMIT_MS,
}, async () => {
  const chance = new Chance(SEED);
  const found: string[] = [];
  const statuses = new Map<number, number>();
  let asked = 0;
  const lane = async () => {
    while (asked++ < REQUESTS) {
      const request = draw(chance);
      try {
        const answer = await ask(coordinator.port, request);
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        const complaint = complaintOf(request, answer);
        if (complaint !== null) found.push(`${JSON.stringify({ ...request, body: String(request.body).slice(0, 200) })}: ${complaint}`);
      } catch (error) {
        found.push(`${(error as Error).message}: ${JSON.stringify(request).slice(0, 400)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  expect(found).toEqual([]);
  expect(ROUTES.length).toBeGreaterThan(25);
  expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400, 401, 403, 404, 422]));
});

test('[NW12] however its type is spelled, a body that does not fit its schema is refused, and one that fits means what it says', {
  timeout: LIMIT_MS,
}, async () => {
  const { token } = coordinator.author.file;
  const task = (await coordinator.author.job(job)).task;
  const right = { task, title: 'spelled', key: 'spelled oddly', inputs: { kind: 'index', count: 1 } };
  const wrong = [
    { ...right, extra: 1 },
    { ...right, task: 1 },
    { ...right, inputs: { kind: 'index', count: '1' } },
    { ...right, inputs: { kind: 'index', count: 1, __proto: 1 } },
    [right],
    { ...right, key: { toString: 'x' } },
  ].map((body) => JSON.stringify(body));
  wrong.push(
    `{"__proto__":{"task":"x"},${JSON.stringify(right).slice(1)}`,
    `{"constructor":{"prototype":{}},${JSON.stringify(right).slice(1)}`,
    'null',
    '""',
    '',
  );
  for (const type of TYPES) {
    const headers = [`Content-Type: ${type}`, `Authorization: Bearer ${token}`];
    for (const body of wrong) {
      const { status } = await ask(coordinator.port, { method: 'POST', target: '/v1/jobs', headers, body });
      expect([400, 422], `${JSON.stringify(type)} ${body.slice(0, 80)}`).toContain(status);
    }
    const { status } = await ask(coordinator.port, { method: 'POST', target: '/v1/jobs', headers, body: JSON.stringify(right) });
    expect([200, 201, 400, 422], JSON.stringify(type)).toContain(status);
  }
});

const UPS = [
  '..',
  '%2e%2e',
  '%2E%2E',
  '.%2e',
  '%252e%252e',
  '%c0%ae%c0%ae',
  '%u002e%u002e',
  '..;',
  '..%00',
  '...',
  '%ff%fe',
  '\u002e\u002e',
];
const SLASHES = ['/', '%2f', '%2F', '%5c', '\\', '%252f', '%c0%af', '%e0%80%af', '//', '/./'];
const SECRETS = ['admin-token', 'project-key.json'];

test('[NW13] no spelling of a path leads out of the folder of blobs, to read or to write', { timeout: LIMIT_MS }, async () => {
  const { token } = coordinator.author.file;
  const names = UPS.flatMap((up) => SLASHES.flatMap((slash) => SECRETS.map((secret) => `${up}${slash}${secret}`)));
  for (const secret of SECRETS)
    names.push(
      `${DIGEST}/../${secret}`,
      `${DIGEST}%2f..%2f${secret}`,
      `sha256:..%2f..%2f${secret}`,
      `${secret}%00`,
      `%2f${secret}`,
      `file:%2f%2f${secret}`,
      `%5c%5cserver%5c${secret}`,
      `${DIGEST.toUpperCase()}`,
      `C:%5c${secret}`,
    );
  expect(names.length).toBeGreaterThan(200);
  const secrets = SECRETS.map((name) => readFileSync(join(coordinator.folder, name), 'utf8').trim());
  const around = () =>
    readdirSync(coordinator.folder)
      .filter((name) => name !== 'blobs')
      .sort();
  const before = around();
  const blobs = readdirSync(join(coordinator.folder, 'blobs'), { recursive: true }).length;
  for (const name of names) {
    for (const method of ['GET', 'HEAD', 'PUT']) {
      const headers = method === 'PUT' ? [`Authorization: Bearer ${token}`, 'Content-Type: application/octet-stream'] : [];
      const answer = await ask(coordinator.port, { method, target: `/v1/blobs/${name}`, headers, body: method === 'PUT' ? 'owned' : '' });
      expect(answer.status, `${method} ${name}`).toBeGreaterThanOrEqual(400);
      for (const secret of secrets) expect(answer.body).not.toContain(secret.slice(0, 20));
    }
  }
  expect(around()).toEqual(before);
  expect(readdirSync(join(coordinator.folder, 'blobs'), { recursive: true }).length).toBe(blobs);
});
