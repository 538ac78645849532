import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '@manyhands/identity';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PlayingWorker } from '../../test/playing-worker.ts';
import { TestAuthor } from '../../test/test-author.ts';
import { type CoordinatorSettings, loadConfig } from './config.ts';
import { type RunningCoordinator, startCoordinator } from './start-coordinator.ts';

const anyNumber = `{ '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } }`;
const BUNDLE = `var manyhandsTask = { default: {
  name: 'square', version: '1.0.0', title: 'Squares', license: 'MIT', input: ${anyNumber}, output: ${anyNumber},
  verify: { kind: 'proof', check: (input, output) => output === input * input },
  run: (input) => input * input,
} };`;
const quorum = (k: number) => ({ kind: 'quorum', k, agree: { kind: 'exact' } }) as const;
const square = (input: string): string => String(Number(input) ** 2);
const numbers = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => String(from + i));

async function collect<T>(all: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of all) items.push(item);
  return items;
}

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'manyhands-e2e-'));
});
afterEach(() => rm(data, { recursive: true }));

const start = (settings: CoordinatorSettings = {}): Promise<RunningCoordinator> =>
  startCoordinator(loadConfig({ data, port: 0, logLevel: 'silent', engine: { retryAfterMs: 1 }, ...settings }, {}));

test.each(['sqlite', 'memory'] as const)('published, leased, computed, believed, followed (%s)', async (store) => {
  await using coordinator = await start({ store });
  const author = new TestAuthor(coordinator.authorFile);
  const job = await author.create(await author.publish(BUNDLE, quorum(2)));
  const rows = collect(author.follow(job.id));
  await author.append(job.id, 0, numbers(0, 50));
  await author.append(job.id, 1, numbers(50, 70), true);
  using one = new PlayingWorker(coordinator.url);
  using other = new PlayingWorker(coordinator.url);
  await Promise.all([one.enter(), other.enter()]);
  void one.work(square);
  void other.work(square);
  const results = await rows;
  expect(results.map(({ index, input, output }) => [index, input, output]).sort((a, b) => Number(a[0]) - Number(b[0]))).toEqual(
    numbers(0, 70).map((n, i) => [i, n, square(n)]),
  );
  expect(results.every(({ verifiedBy }) => new Set(verifiedBy.map(({ account }) => account)).size === 2)).toBe(true);
  expect(await author.job(job.id)).toMatchObject({ hosts: 2, resultsPerUnit: 2, units: { total: 70, final: 70 } });
});

test('[SV5] a restart in the middle loses nothing and repeats only what was in flight', async () => {
  const first = await start();
  let author = new TestAuthor(first.authorFile);
  const { id } = await author.create(await author.publish(BUNDLE, quorum(1)));
  await author.append(id, 0, numbers(0, 20));
  const worker = new PlayingWorker(first.url);
  await worker.enter();
  worker.ask(4);
  const done = await worker.lease();
  expect(await worker.submit(done, square)).toEqual(done.map(() => 'recorded'));
  worker.ask(4);
  const inFlight = await worker.lease();
  const seen = [];
  for await (const row of author.follow(id)) if (seen.push(row) === done.length) break;
  await first.close();
  expect(await worker.closed).toMatchObject({ code: 1012 });

  await using second = await start();
  author = new TestAuthor(second.authorFile);
  expect(author.file.url).toBe(second.url);
  // The chunk that may not have been acknowledged is sent again, and counted once (I5).
  expect(await author.append(id, 0, numbers(0, 20))).toMatchObject({ repeated: true });
  await author.append(id, 1, numbers(20, 25), true);
  using returned = new PlayingWorker(second.url, { key: worker.key, accountSecret: worker.accountSecret });
  await returned.greet();
  returned.send({ type: 'reconcile', leases: inFlight.map(({ lease, job, index }) => ({ lease, job, index })), more: false });
  expect(await returned.take('reconciled')).toMatchObject({ drop: [] });
  expect(await returned.submit(inFlight, square)).toEqual(inFlight.map(() => 'recorded'));
  // What had been acknowledged before the restart is acknowledged again, without a second effect (I4).
  expect(await returned.submit(done, square)).toEqual(done.map(() => 'recorded'));
  const rows = collect(author.follow(id, seen.at(-1)?.cursor));
  void returned.work(square);
  const all = [...seen, ...(await rows)];
  await vi.waitFor(() => expect(returned.recorded).toBe(25 - done.length - inFlight.length));
  expect(all.map(({ index, output }) => [index, output]).sort((a, b) => Number(a[0]) - Number(b[0]))).toEqual(
    numbers(0, 25).map((n, i) => [i, square(n)]),
  );
  expect(await author.job(id)).toMatchObject({ state: 'done', resultsPerUnit: 1 });
});

test('a result that the author’s check refuses is not believed; the right one is', async () => {
  await using coordinator = await start();
  const author = new TestAuthor(coordinator.authorFile);
  const { id } = await author.create(await author.publish(BUNDLE, { kind: 'proof' }), { inputs: { kind: 'index', count: 3 } });
  const rows = collect(author.follow(id));
  using liar = new PlayingWorker(coordinator.url);
  await liar.enter();
  liar.ask(3);
  expect(await liar.submit(await liar.lease(), () => '7')).toEqual(['recorded', 'recorded', 'recorded']);
  using honest = new PlayingWorker(coordinator.url);
  const { account } = await honest.enter();
  void honest.work(square);
  const results = await rows;
  expect(results.map(({ index, output, verifiedBy }) => [index, output, verifiedBy[0]?.account]).sort()).toEqual([
    [0, '0', account],
    [1, '1', account],
    [2, '4', account],
  ]);
});

test('a cancelled job revokes its leases and ends its followers', async () => {
  await using coordinator = await start();
  const author = new TestAuthor(coordinator.authorFile);
  const { id } = await author.create(await author.publish(BUNDLE, quorum(1)), { inputs: { kind: 'index', count: 1_000 } });
  using worker = new PlayingWorker(coordinator.url);
  await worker.enter();
  worker.ask(2);
  const held = await worker.lease();
  const rows = collect(author.follow(id));
  await author.send('POST', `/v1/jobs/${id}/cancel`, '{}');
  expect((await worker.take('revoke')).leases).toHaveLength(held.length);
  await rows;
  expect(await author.job(id)).toMatchObject({ state: 'cancelled', units: { cancelled: 1_000, waiting: 0, running: 0 } });
});

test('a lease lets its holder upload an output too large for a frame', async () => {
  await using coordinator = await start();
  const author = new TestAuthor(coordinator.authorFile);
  const { id } = await author.create(await author.publish(BUNDLE, quorum(1)), { inputs: { kind: 'index', count: 1 } });
  using worker = new PlayingWorker(coordinator.url);
  await worker.enter();
  worker.ask(1);
  const [held] = await worker.lease();
  const upload = (bytes: number) => {
    const body = 'x'.repeat(bytes);
    return fetch(`${coordinator.url}/v1/blobs/${digestOf(body)}?job=${id}&index=0`, {
      method: 'PUT',
      body,
      headers: { authorization: `Lease ${held?.lease}` },
    });
  };
  expect([(await upload(1_000)).status, (await upload(1_001)).status]).toEqual([201, 413]);
});
