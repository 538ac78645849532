import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeValue, type LeaseId } from '@manyhands/protocol';
import { expect, vi } from 'vitest';
import { FakeCoordinator } from '../../test/fake-coordinator.ts';
import { test as withCoordinator } from '../../test/with-coordinator.ts';
import { WorkerProcess } from '../../test/worker-process.ts';
import { readStatus } from '../control/control-client.ts';

interface Processes {
  start: (...args: string[]) => WorkerProcess;
  /** One whose volunteer says yes. */
  agreed: () => WorkerProcess;
}

const test = withCoordinator.extend<Processes>({
  start: ({ folder }, use) => use((...args) => new WorkerProcess(['--data', folder.path, '--threads', '1', ...args])),
  agreed: ({ start, coordinator }, use) => use(() => start('--url', coordinator.url, '--yes')),
});

/** Runners have the lowest priority: on a busy machine they take their time. */
const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 50_000, interval: 50 });

/** Counts to `steps`, slowly, keeping each step; says from where it started. */
const COUNTING = `
  var from = ctx.resume === null ? 0 : ctx.resume;
  for (var step = from; step < input; step++) {
    var x = 1;
    for (var i = 0; i < 4e6; i++) x = (x * 16807) % 2147483647;
    ctx.checkpoint(step + 1);
  }
  return { from: from, last: x };`;

test('[WK34] [WK30] killed with -9 in the middle of a unit, it delivers what was finished and goes on from the checkpoint', async ({
  folder,
  coordinator,
  start,
  agreed,
}) => {
  const quick = coordinator.project.publish('return input * 2;');
  const slow = coordinator.project.publish(COUNTING, { manifest: { limits: { memoryMB: 64, timeoutMs: 600_000, outputBytes: 1_000 } } });
  coordinator.on.submit = () => undefined;
  const [first] = coordinator.enqueue(quick, ['21']);
  await using victim = agreed();
  await until(() => expect(coordinator.said('submit')).toHaveLength(1));
  const [second] = coordinator.enqueue(slow, ['90']);
  await until(async () =>
    expect(
      (await readFile(join(folder.path, 'journal.ndjson'), 'utf8')).match(/"checkpoint"/g)?.length ?? 0,
      victim.stderr,
    ).toBeGreaterThan(3),
  );
  expect(await victim.kill('SIGKILL')).toBeNull();
  expect(coordinator.results.size).toBe(0);

  delete coordinator.on.submit;
  await using survivor = start();
  await until(() => expect(coordinator.results.size, survivor.stderr).toBe(2));
  const outputs = [first, second].map((lease) => coordinator.results.get(lease as LeaseId));
  expect(outputs[0]).toMatchObject({ status: 'ok', output: '42' });
  const { from } = JSON.parse((outputs[1] as { output: string }).output) as { from: number };
  expect(from).toBeGreaterThan(3);
  expect(new Set(coordinator.sessions.map(({ hello }) => hello?.hostKey)).size).toBe(1);
  expect(await survivor.kill('SIGTERM')).toBe(0);
}, 150_000);

test('[WK21] SIGTERM ends it in order: leases given back, exit code 0, the last line says so', async ({ folder, coordinator, agreed }) => {
  const slow = coordinator.project.publish(COUNTING.replace('ctx.checkpoint(step + 1);', ''), {
    manifest: { limits: { memoryMB: 64, timeoutMs: 600_000, outputBytes: 1_000 } },
  });
  const leases = coordinator.enqueue(slow, ['100000', '100000']);
  await using worker = agreed();
  await until(async () => expect((await readStatus(folder.path))?.held, worker.stderr).toMatchObject({ running: 1, queued: 1 }));
  const pids = await runnersOf(worker.pid);
  expect(pids.length).toBeGreaterThan(0);
  expect(await worker.kill('SIGTERM')).toBe(0);
  expect(worker.events.map(({ event }) => event)).toEqual(expect.arrayContaining(['connected', 'task-accepted', 'units']));
  expect(worker.events.at(-1)).toMatchObject({ event: 'closed', exitCode: 0 });
  const released = coordinator.said('release').flatMap((message) => message.leases.map(({ lease }) => lease));
  expect(released.sort()).toEqual([...leases].sort());
  await until(() => expect(pids.filter(isAlive)).toEqual([]));
}, 60_000);

test('[WK12] hostile and broken units each end as their own error in the real sandbox, and the daemon goes on', async ({
  coordinator,
  agreed,
}) => {
  const limits = { memoryMB: 32, timeoutMs: 300, outputBytes: 1_000 };
  const task = coordinator.project.publish(
    `if (input === 1) for (;;) {}
     if (input === 2) { var a = []; for (;;) a.push(new Array(1e5).fill(1)); }
     if (input === 3) return "x".repeat(5000);
     if (input === 4) { var c = {}; c.c = c; return c; }
     return input;`,
    { manifest: { limits } },
  );
  const leases = coordinator.enqueue(task, ['0', '1', '2', '3', '4', '5'].map(String));
  await using worker = agreed();
  await until(() => expect(coordinator.results.size, worker.stderr).toBe(6));
  const ends = leases
    .map((lease) => coordinator.results.get(lease))
    .map((result) => (result?.status === 'ok' ? result.output : result?.kind));
  expect([ends[0], ends[1], ends[3], ends[4], ends[5]]).toEqual(['0', 'timeout', 'output', 'output', '5']);
  expect(['memory', 'timeout']).toContain(ends[2]);
}, 60_000);

test('a blob in an input reaches the task as bytes, in the real sandbox', async ({ coordinator, agreed }) => {
  const bytes = new Uint8Array(100_000).fill(7);
  const digest = coordinator.project.store(bytes);
  const task = coordinator.project.publish('var sum = 0; for (var i = 0; i < input.length; i++) sum += input[i]; return sum;');
  const [lease] = coordinator.enqueue(task, [encodeValue(bytes, { lift: () => digest })]);
  await using worker = agreed();
  await until(() => expect(coordinator.results.get(lease as LeaseId), worker.stderr).toMatchObject({ status: 'ok', output: '700000' }));
});

test.for<[string, (url: string) => readonly string[] | Promise<readonly string[]>, number, RegExp]>([
  ['[WK1] without consent', () => [], 77, /Nobody has agreed/],
  ['[WK43] when the coordinator is down', async () => ['--url', await nobodysUrl(), '--yes'], 69, /ECONNREFUSED.*try again/],
  ['with a flag nobody knows', () => ['--fast'], 64, /Usage/],
  ['with threads that are no number', (url) => ['--url', url, '--yes', '--threads', 'many'], 64, /threads/],
])('%s it ends at once, with an exit code and what to do', async ([, args, code, words], { start, coordinator }) => {
  await using worker = start(...(await args(coordinator.url)));
  expect(await worker.exited).toBe(code);
  expect(worker.stderr).toMatch(words);
  expect(worker.stderr).not.toMatch(/ at .*\.ts:\d+/);
  expect(worker.events).toEqual([]);
});

/** Where a coordinator was a moment ago. */
async function nobodysUrl(): Promise<string> {
  await using gone = await FakeCoordinator.open();
  return gone.url;
}

async function runnersOf(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children.trim().split(/\s+/).filter(Boolean).map(Number);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
