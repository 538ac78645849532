import { expect, test, vi } from 'vitest';
import { FakeCoordinator } from '../test/fake-coordinator.ts';
import collatz from '../test/tasks/collatz.task.ts';
import echo from '../test/tasks/echo.task.ts';
import { connect } from './connect.ts';
import type { Grid } from './grid.ts';
import type { Timing } from './http/patience.ts';
import { indices, ranges } from './inputs/ranges.ts';
import { SdkError } from './sdk-error.ts';

/** Waits take no time, but do give way to the network. */
const AT_ONCE: Timing = { random: () => 0, wait: () => new Promise((resolve) => setImmediate(resolve)) };

const gridOf = (fake: FakeCoordinator): Promise<Grid> => connect({ author: fake.author, url: fake.url, timing: AT_ONCE });

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

test('[SK9] an author file of another project is refused before anything is sent', async () => {
  await using fake = await new FakeCoordinator().start();
  await using other = await new FakeCoordinator().start();
  await expect(connect({ author: other.author, url: fake.url })).rejects.toMatchObject({ code: 'config' });
  expect(fake.requests).toEqual(['GET /v1/project']);
});

test('[SK19] awaiting a job gives every result in the order of the inputs', async () => {
  await using fake = await new FakeCoordinator().start();
  await using grid = await gridOf(fake);
  fake.compute = (input) => ({ output: { n: (input as { from: number }).from, steps: 1 } });
  const results = await grid.map(collatz, [...ranges(0, 30, 10)]);
  expect(results.map(({ index, input, output }) => [index, input, output])).toEqual([
    [0, { from: 0, to: 10 }, { n: 0, steps: 1 }],
    [1, { from: 10, to: 20 }, { n: 10, steps: 1 }],
    [2, { from: 20, to: 30 }, { n: 20, steps: 1 }],
  ]);
  expect(fake.tasks.size).toBe(1);
});

test('[SK19] a result that corrects an earlier one takes its place', async () => {
  await using fake = await new FakeCoordinator().start();
  await using grid = await gridOf(fake);
  fake.compute = (input) => ({ output: { n: (input as { from: number }).from, steps: 1 } });
  fake.indexOf = (row) => row % 2;
  const results = await grid.map(collatz, [...ranges(0, 30, 10)]);
  expect(results.map(({ index, output }) => [index, output])).toEqual([
    [0, { n: 20, steps: 1 }],
    [1, { n: 10, steps: 1 }],
  ]);
});

test('[SK15] a range goes to the coordinator as a formula, without a line of input', async () => {
  await using fake = await new FakeCoordinator().start();
  await using grid = await gridOf(fake);
  const job = grid.map(collatz, ranges(0, 1e9, 1e6));
  expect(await job.url).toBe(`${fake.url}/jobs/${await job.id}`);
  await job.sent;
  expect(fake.requests.filter((line) => line.includes('/units'))).toEqual([]);
});

test('[SK10] an array is checked before the job exists, a formula at both ends', async () => {
  await using fake = await new FakeCoordinator().start();
  await using grid = await gridOf(fake);
  const bad = [{ from: 0, to: 1 }, { from: 'x' }] as never;
  await expect(grid.map(collatz, bad)).rejects.toMatchObject({ code: 'input', message: expect.stringContaining('Input 1 ') });
  await expect(grid.map(collatz, indices(5) as never)).rejects.toMatchObject({ code: 'input' });
  expect(fake.jobs.size).toBe(0);
});

test('[SK12] an answer that got lost makes the chunk come again, and it is stored once', async () => {
  await using fake = await new FakeCoordinator().start();
  await using grid = await gridOf(fake);
  fake.faults.push({ path: /chunk=1/, kind: 'drop-answer' }, { path: /chunk=2/, kind: 'drop' }, { path: /\/jobs$/, kind: 'drop-answer' });
  const sent: number[] = [];
  const job = grid.map(echo, numbers(25_000), { onSent: (count) => sent.push(count) });
  const results = await job;
  expect(results.map(({ output }) => output)).toEqual(numbers(25_000));
  expect(sent).toEqual([10_000, 20_000, 25_000]);
  expect(fake.jobs.size).toBe(1);
  expect(fake.requests.filter((line) => line.includes('chunk=1'))).toHaveLength(2);
});

test('[SK12] the same inputs under the same key go on with the job that is there', async () => {
  await using fake = await new FakeCoordinator().start();
  await using grid = await gridOf(fake);
  const first = grid.map(echo, numbers(3), { key: 'my-own-job' });
  const id = await first.id;
  await first.sent;
  const again = grid.map(echo, numbers(3), { key: 'my-own-job' });
  expect(await again.id).toBe(id);
  expect((await again).map(({ output }) => output)).toEqual([0, 1, 2]);
  expect(fake.jobs.get(id)?.rows).toHaveLength(3);
});

test('[SK11] an asynchronous source is pulled only as fast as chunks are stored', async () => {
  await using fake = await new FakeCoordinator().start();
  await using grid = await gridOf(fake);
  let pulled = 0;
  const ahead: number[] = [];
  async function* source() {
    for (; pulled < 40_000; pulled++) yield pulled;
  }
  const still: Timing = { random: () => 0, wait: () => new Promise(() => {}) };
  await using steady = await connect({ author: fake.author, url: fake.url, timing: still });
  const job = steady.map(echo, source(), { onSent: (count) => ahead.push(pulled - count) });
  await job.sent;
  expect(pulled).toBe(40_000);
  expect(Math.max(...ahead)).toBeLessThanOrEqual(10_000);
  expect(await grid.job(await job.id).progress()).toMatchObject({ state: 'done' });
});

test('[SK14] large arrays travel as blobs, each stored once, and come back whole', async () => {
  await using fake = await new FakeCoordinator().start();
  await using grid = await gridOf(fake);
  const shared = new Float32Array(10_000).fill(0.5);
  const results = await grid.map(echo, [{ shared, at: 0 }, { shared, at: 1 }, { text: 'y'.repeat(70_000) }] as unknown[]);
  expect(results[1]?.output).toEqual({ shared, at: 1 });
  expect(results[2]?.input).toEqual({ text: 'y'.repeat(70_000) });
  // The bundle, the shared array, the long text.
  expect(fake.requests.filter((line) => line.startsWith('PUT'))).toHaveLength(3);
  expect(fake.requests.filter((line) => line.startsWith('GET /v1/blobs'))).toEqual([]);
  const elsewhere = await (await gridOf(fake)).job<typeof echo>(await grid.map(echo, [{ shared }], { key: 'blob-key' }).id);
  expect(elsewhere[0]?.input).toEqual({ shared });
});

test('[SK17] each result comes once, though the stream breaks and the coordinator restarts', async () => {
  await using fake = await new FakeCoordinator().start();
  await using grid = await gridOf(fake);
  const job = grid.map(echo, numbers(500));
  await job.sent;
  fake.faults.push({ path: /results/, kind: 'cut', rows: 7 }, { path: /results/, kind: 'cut', rows: 0 }, { path: /results/, kind: 'drop' });
  const seen: number[] = [];
  for await (const { index } of job) {
    seen.push(index);
    if (index === 100) {
      await fake.stop();
      setImmediate(() => void fake.start());
    }
  }
  expect(seen).toEqual(numbers(500));
});

test('[SK17] results are followed while inputs still arrive', async () => {
  await using fake = await new FakeCoordinator().start();
  await using grid = await gridOf(fake);
  const consumed = Promise.withResolvers<void>();
  async function* source() {
    yield 0;
    await consumed.promise;
    yield 1;
  }
  const seen: unknown[] = [];
  for await (const { output } of grid.map(echo, source())) {
    seen.push(output);
    consumed.resolve();
  }
  expect(seen).toEqual([0, 1]);
});

test('[SK18] results are pulled no faster than they are consumed', async () => {
  await using fake = await new FakeCoordinator().start();
  await using grid = await gridOf(fake);
  let served = 0;
  fake.compute = (input) => ({ output: `${input}${'.'.repeat(50_000)}` });
  fake.onRow = () => served++;
  const job = grid.map(echo, numbers(2_000));
  for await (const { index } of job) {
    // 100 MB would fit into no socket's buffers.
    if (index === 20) break;
  }
  expect(served).toBeLessThan(1_000);
});

test('[SK20] failures are values, or are thrown when asked for', async () => {
  await using fake = await new FakeCoordinator().start();
  await using grid = await gridOf(fake);
  fake.compute = (input) => (input === 1 ? { error: 'boom' } : { output: input });
  const results = await grid.map(echo, [0, 1, 2]);
  expect(results.map(({ status }) => status)).toEqual(['ok', 'failed', 'ok']);
  expect(results[1]).toMatchObject({ index: 1, input: 1, error: { kind: 'thrown', message: 'boom' } });
  const thrown = { code: 'unit-failed', message: expect.stringMatching(/^Unit 1 .*thrown: boom.*input: 1/) };
  await expect(grid.map(echo, [0, 1, 2], { failures: 'throw' })).rejects.toMatchObject(thrown);
});

test('[SK22] a job is found again by its id, from a cursor on', async () => {
  await using fake = await new FakeCoordinator().start();
  const id = await (await gridOf(fake)).map(echo, numbers(5)).id;
  await using later = await gridOf(fake);
  await vi.waitUntil(() => fake.jobs.get(id)?.state === 'done');
  const rest = await collect(later.job<typeof echo>(id).results({ after: '3' }));
  expect(rest.map(({ output }) => output)).toEqual([3, 4]);
  const open = later.map(echo, [8], { open: true });
  await open.sent;
  expect(await collect(open.results({ follow: false }))).toMatchObject([{ output: 8 }]);
  await expect(later.job('17')).rejects.toMatchObject({ code: 'input' });
});

test('[SK23] inputs that cannot be sent cancel the job and reach whoever uses it', async () => {
  await using fake = await new FakeCoordinator().start();
  await using grid = await gridOf(fake);
  async function* source() {
    yield { from: 0, to: 1 };
    throw new Error('the disk is gone');
  }
  const job = grid.map(collatz, source());
  await expect(job).rejects.toThrow('the disk is gone');
  await expect(job.sent).rejects.toThrow('the disk is gone');
  expect((await job.progress()).state).toBe('cancelled');
});

test('[SK23] if nobody uses the job, its failure is still told', async () => {
  await using fake = await new FakeCoordinator().start();
  const warned = Promise.withResolvers<Error>();
  process.once('warning', warned.resolve);
  const grid = await gridOf(fake);
  grid.map('/no/such/task.ts', []);
  expect((await warned.promise).message).toContain('There is no file /no/such/task.ts');
});

test('[SK24] an open job takes more inputs until it is closed', async () => {
  await using fake = await new FakeCoordinator().start();
  await using grid = await gridOf(fake);
  const job = grid.map(echo, [0], { open: true });
  await job.sent;
  expect((await job.progress()).state).toBe('open');
  await Promise.all([job.add([1, 2]), job.add([3]), job.close()]);
  expect((await job).map(({ output }) => output)).toEqual([0, 1, 2, 3]);
  await expect(grid.job(await job.id).add([4])).rejects.toBeInstanceOf(SdkError);
});

test('[SK16] an aborted connection ends what goes through it, also what waits for another try', async () => {
  const fake = await new FakeCoordinator().start();
  const over = new AbortController();
  const grid = await connect({ author: fake.author, url: fake.url, signal: over.signal, onRetry: () => over.abort(new Error('enough')) });
  const job = grid.map(echo, [0], { open: true });
  await job.sent;
  await fake.stop();
  await expect(job).rejects.toThrow('enough');
  await grid[Symbol.asyncDispose]();
});

test('[SK24] watching shows the job until it has ended; cancelling ends it', async () => {
  await using fake = await new FakeCoordinator().start();
  await using grid = await gridOf(fake);
  const job = grid.map(echo, [0], { open: true });
  await job.sent;
  const states: string[] = [];
  for await (const { state } of job.watch()) {
    states.push(state);
    if (states.length === 2) await job.cancel();
  }
  expect(states).toEqual(['open', 'open', 'cancelled']);
});
