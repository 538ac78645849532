import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { createKeyPair, digestOf } from '@manyhands/identity';
import { encodeValue, type LeaseId, type Payload } from '@manyhands/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeCoordinator } from '../../test/fake-coordinator.ts';
import { GatedSandbox } from '../../test/gated-sandbox.ts';
import { openTemporaryFolder } from '../../test/temporary-folder.ts';
import { join, startVolunteer } from '../../test/volunteer.ts';
import { readStatus, sendControl } from '../control/control-client.ts';

let folder: Awaited<ReturnType<typeof openTemporaryFolder>>;
let coordinator: FakeCoordinator;
beforeEach(async () => {
  folder = await openTemporaryFolder();
  coordinator = await FakeCoordinator.open();
  await join(coordinator, folder.path);
});
afterEach(async () => {
  await coordinator[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const start = (options: Parameters<typeof startVolunteer>[1] = {}) => startVolunteer(folder.path, options);
const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 20 });
const untilResults = (leases: readonly LeaseId[]) =>
  until(() => expect(leases.filter((lease) => !coordinator.results.has(lease))).toEqual([]));
const outputOf = (lease: LeaseId | undefined): Payload | undefined => {
  const result = coordinator.results.get(lease as LeaseId);
  return result?.status === 'ok' ? result.output : undefined;
};
const errorOf = (lease: LeaseId | undefined) => {
  const result = coordinator.results.get(lease as LeaseId);
  return result?.status === 'error' ? [result.kind, result.message] : undefined;
};
const journalText = (): Promise<string> => readFile(joinPath(folder.path, 'journal.ndjson'), 'utf8');

test('units go in, answers come out, each under its own lease', async () => {
  const task = coordinator.project.publish('return input * input;');
  const leases = coordinator.enqueue(
    task,
    Array.from({ length: 40 }, (_, n) => String(n)),
  );
  await using volunteer = await start();
  await untilResults(leases);
  expect(leases.map(outputOf)).toEqual(leases.map((_, n) => String(n * n)));
  await until(() => expect(volunteer.worker.status().tally).toMatchObject({ accepted: 40, finished: 40, recorded: 40, errors: 0 }));
  expect(volunteer.events.map(({ event }) => event)).toEqual(expect.arrayContaining(['connected', 'task-accepted', 'units']));
  expect(volunteer.worker.status()).toMatchObject({ link: 'online', state: 'working', project: { name: 'Echoes' } });
});

test('[CD16] [CD17] the hello carries team and measured speed, the status shows them, and neither is made up', async () => {
  {
    await using volunteer = await start({ team: 'Night shift' });
    await until(() => expect(coordinator.said('hello')).toMatchObject([{ team: 'Night shift', gflops: 2.5 }]));
    expect(volunteer.worker.status()).toMatchObject({ team: 'Night shift', gflops: 2.5 });
  }
  await using alone = await start();
  await until(() => expect(coordinator.said('hello')).toHaveLength(2));
  expect(coordinator.said('hello')[1]).not.toHaveProperty('team');
  expect(alone.worker.status().team).toBeNull();
});

test('[WK4] the manifest’s limits hold, not those of the assignment', async () => {
  const sandbox = new GatedSandbox();
  coordinator.enqueue(coordinator.project.publish('return 1;'), ['1']);
  await using _volunteer = await start({ sandbox });
  await until(() => expect(sandbox.opened).toHaveLength(1));
  expect(sandbox.opened[0]?.limits).toEqual({ memoryMB: 64, timeoutMs: 10_000, outputBytes: 10_000_000 });
});

test('a unit sees its seed, its frozen date, and the blobs its input names', async () => {
  const sandbox = new GatedSandbox();
  const bytes = new Uint8Array([1, 2, 3]);
  const digest = coordinator.project.store(bytes);
  coordinator.enqueue(coordinator.project.publish('return 1;'), [encodeValue({ samples: bytes }, { lift: () => digest })]);
  await using _volunteer = await start({ sandbox });
  await until(() => expect(sandbox.runs).toHaveLength(1));
  expect(sandbox.runs[0]?.execution).toMatchObject({ seed: expect.stringMatching(/^job_0+\/0$/), frozenAt: 1_000, resume: null });
  expect(Buffer.from(sandbox.runs[0]?.execution.blobs.get(digest) ?? [])).toEqual(Buffer.from(bytes));
});

test('[WK14] large inputs and outputs travel as blobs', async () => {
  const text = JSON.stringify('x'.repeat(100_000));
  const task = coordinator.project.publish('return input + "!";');
  const [lease] = coordinator.enqueue(task, [{ blob: coordinator.project.store(text), bytes: text.length }]);
  await using _volunteer = await start();
  await untilResults([lease as LeaseId]);
  const expected = JSON.stringify(`${'x'.repeat(100_000)}!`);
  expect(outputOf(lease)).toEqual({ blob: digestOf(expected), bytes: expected.length });
  expect(Buffer.from(coordinator.uploads.get(digestOf(expected)) ?? []).toString()).toBe(expected);
});

test('[WK14] an output that the coordinator does not want is submitted all the same: it says what becomes of it', async () => {
  coordinator.intercept = ({ method }, response) => {
    if (method === 'PUT') response.writeHead(410).end();
    return method === 'PUT';
  };
  const [lease] = coordinator.enqueue(coordinator.project.publish('return "x".repeat(100000);'), ['1']);
  await using _volunteer = await start();
  await untilResults([lease as LeaseId]);
  expect(outputOf(lease)).toMatchObject({ bytes: 100_002 });
});

test('[WK3] a bundle whose bytes are not those of the manifest is not run; other tasks are', async () => {
  const sandbox = new GatedSandbox();
  const bad = coordinator.project.publish('return "tampered";');
  const { bundle } = JSON.parse(coordinator.project.tasks.get(bad)?.manifest.text ?? '') as { bundle: never };
  coordinator.project.blobs.set(bundle, Buffer.from('var manyhandsTask = "something else"; // and of the same or another length'));
  const good = coordinator.project.publish('return 1;');
  const badLeases = coordinator.enqueue(bad, ['1', '2']);
  coordinator.enqueue(good, ['3']);
  await using _volunteer = await start({ sandbox });
  await untilResults(badLeases);
  for (const lease of badLeases) expect(errorOf(lease)).toEqual(['untrusted', expect.stringContaining('bundle')]);
  await until(() => expect(sandbox.runs).toHaveLength(1));
  expect(sandbox.opened.map(({ id }) => id)).toEqual([good]);
});

test.each<[string, () => Parameters<FakeCoordinator['project']['publish']>[1], string]>([
  ['signed under another project key', () => ({ certifier: createKeyPair() }), 'not signed by the project key'],
  ['under an expired certificate', () => ({ expiresAt: Date.now() - 3 * 24 * 3_600_000 }), 'not valid at this time'],
])('[WK3] a task %s is not run, and the reason is told', async (_, options, reason) => {
  const sandbox = new GatedSandbox();
  const leases = coordinator.enqueue(coordinator.project.publish('return 1;', options()), ['1', '2']);
  await using volunteer = await start({ sandbox });
  await untilResults(leases);
  for (const lease of leases) expect(errorOf(lease)).toEqual(['untrusted', expect.stringContaining(reason)]);
  expect(sandbox.opened).toEqual([]);
  expect(volunteer.events.some(({ event }) => event === 'task-accepted')).toBe(false);
});

test('[WK3] a task given out under another’s name is not run', async () => {
  const sandbox = new GatedSandbox();
  const [asked, given] = [coordinator.project.publish('return 1;'), coordinator.project.publish('return 2;')];
  coordinator.project.tasks.set(asked, coordinator.project.tasks.get(given) as never);
  const [lease] = coordinator.enqueue(asked, ['1']);
  await using _volunteer = await start({ sandbox });
  await untilResults([lease as LeaseId]);
  expect(errorOf(lease)).toEqual(['untrusted', expect.stringContaining('another task')]);
  expect(sandbox.opened).toEqual([]);
});

test('[WK5] a stored task that was tampered with on disk is fetched anew, not believed', async () => {
  const task = coordinator.project.publish('return input + 1;');
  {
    const leases = coordinator.enqueue(task, ['1']);
    await using _volunteer = await start();
    await untilResults(leases);
  }
  const path = joinPath(folder.path, 'tasks', `${task.slice(7)}.json`);
  const stored = await readFile(path, 'utf8');
  await writeFile(path, stored.replace('Says what', 'Does what'));
  const leases = coordinator.enqueue(task, ['2']);
  await using _volunteer = await start();
  await untilResults(leases);
  expect(outputOf(leases[0])).toBe('3');
  expect(await readFile(path, 'utf8')).toBe(stored);
});

test('[WK12] each broken unit becomes its own error result, and the rest is computed', async () => {
  const task = coordinator.project.publish('if (input === 2) throw new Error("no twos"); return input;');
  const blob = coordinator.project.store(Buffer.from([0xff, 0xfe, 0x00]));
  const leases = coordinator.enqueue(task, [
    '1',
    '2',
    '{"not json',
    { blob, bytes: 3 },
    { blob: digestOf('missing'), bytes: 7 },
    '{"$":"u8","blob":"sha256:nonsense"}',
    '6',
  ]);
  const empty = coordinator.enqueue(coordinator.project.publish('', { manifest: {} }), ['7']);
  const noTask = coordinator.project.publish('}}} not a script');
  const unopened = coordinator.enqueue(noTask, ['8']);
  await using _volunteer = await start();
  await untilResults([...leases, ...empty, ...unopened]);
  expect([outputOf(leases[0]), outputOf(leases[6])]).toEqual(['1', '6']);
  expect(leases.slice(1, 6).map((lease) => errorOf(lease)?.[0])).toEqual(['thrown', 'input', 'input', 'input', 'input']);
  expect(errorOf(empty[0])?.[0]).toBe('output');
  expect(errorOf(unopened[0])?.[0]).toBe('crash');
});

test('[WK36] a blob that the disk spoils between fetching and running is fetched again', async () => {
  const sandbox = new GatedSandbox();
  const text = JSON.stringify('y'.repeat(1_000));
  const digest = coordinator.project.store(text);
  const task = coordinator.project.publish('return 1;');
  coordinator.enqueue(task, ['1', '2', { blob: digest, bytes: text.length }]);
  await using _volunteer = await start({ sandbox, threads: 2 });
  const path = joinPath(folder.path, 'blobs', digest.slice(7));
  await until(() => expect(sandbox.runs).toHaveLength(2));
  await vi.waitFor(async () => expect((await readFile(path)).length).toBe(text.length));
  await writeFile(path, 'spoilt');
  sandbox.runs[0]?.end({ status: 'ok', output: '1', elapsedMs: 1 });
  await until(() => expect(sandbox.runs.map(({ execution }) => execution.input)).toContain(text));
});

test('[WK26] [WK11] offline the worker goes on, and delivers when it is back', async () => {
  const sandbox = new GatedSandbox();
  const leases = coordinator.enqueue(coordinator.project.publish('return 1;'), ['1', '2', '3']);
  await using volunteer = await start({ sandbox });
  await until(() => expect(sandbox.runs).toHaveLength(2));
  await until(() => expect(volunteer.worker.status().held.queued).toBe(1));
  const { port, project } = coordinator;
  await coordinator[Symbol.asyncDispose]();
  for (let i = 0; i < 3; i++) {
    await until(() => expect(sandbox.runs.length).toBeGreaterThan(0));
    sandbox.runs[0]?.end({ status: 'ok', output: String(i), elapsedMs: 60_000 });
  }
  await until(() => expect(volunteer.worker.status()).toMatchObject({ link: 'offline', held: { finished: 3 } }));
  expect(volunteer.worker.status().why).toMatch(/no connection .* On disk: 3 deliveries/);
  coordinator = await FakeCoordinator.open(port);
  coordinator.shownKey = project.key.publicKey;
  await untilResults(leases);
  expect(
    coordinator
      .said('reconcile')[0]
      ?.leases.map(({ lease }) => lease)
      .sort(),
  ).toEqual([...leases].sort());
});

test('[WK10] a revoked unit stops, and makes room for the next', async () => {
  const sandbox = new GatedSandbox();
  const task = coordinator.project.publish('return 1;');
  const [first] = coordinator.enqueue(task, ['1', '2', '3']);
  await using _volunteer = await start({ sandbox });
  await until(() => expect(sandbox.runs.map(({ execution }) => execution.input)).toEqual(['1', '2']));
  coordinator.session.say({
    type: 'revoke',
    leases: [{ lease: first as LeaseId, job: `job_${'0'.repeat(22)}` as never, index: 0 }],
    reason: 'cancelled',
  });
  await until(() => expect(sandbox.runs.map(({ execution }) => execution.input)).toEqual(['2', '3']));
});

test('[WK34] after a restart finished results are delivered and units go on from their checkpoint, without the network', async () => {
  const sandbox = new GatedSandbox();
  const task = coordinator.project.publish('return 1;');
  const leases = coordinator.enqueue(task, ['1', '2']);
  coordinator.on.submit = () => undefined;
  {
    await using _volunteer = await start({ sandbox });
    await until(() => expect(sandbox.runs).toHaveLength(2));
    sandbox.runs[1]?.events.onCheckpoint?.('"halfway"');
    sandbox.runs[0]?.end({ status: 'ok', output: '10', elapsedMs: 5 });
    await until(() => expect(coordinator.said('submit')).toHaveLength(1));
  }
  expect(sandbox.isClosed).toBe(true);
  delete coordinator.on.submit;
  const { port } = coordinator;
  await coordinator[Symbol.asyncDispose]();
  const again = new GatedSandbox();
  await using _volunteer = await start({ sandbox: again });
  await until(() => expect(again.runs).toHaveLength(1));
  expect(again.runs[0]?.execution).toMatchObject({ id: leases[1], resume: '"halfway"' });
  again.runs[0]?.end({ status: 'ok', output: '20', elapsedMs: 5 });
  const { project } = coordinator;
  coordinator = await FakeCoordinator.open(port);
  coordinator.shownKey = project.key.publicKey;
  await untilResults(leases);
  expect(leases.map(outputOf)).toEqual(['10', '20']);
  await vi.waitFor(async () => expect(await journalText()).toContain('"forget"'));
});

test('[WK21] a stop gives unfinished leases back and lets go of everything', async () => {
  const sandbox = new GatedSandbox();
  const leases = coordinator.enqueue(coordinator.project.publish('return 1;'), ['1', '2', '3']);
  const volunteer = await start({ sandbox });
  await until(() => expect(volunteer.worker.status().held).toMatchObject({ running: 2, queued: 1 }));
  expect(await volunteer.worker.stop()).toEqual({ exitCode: 0, reason: 'it was stopped' });
  const released = coordinator.said('release').flatMap((message) => message.leases.map(({ lease }) => lease));
  expect(released.sort()).toEqual([...leases].sort());
  expect(sandbox.isClosed).toBe(true);
  expect(await readStatus(folder.path)).toBeNull();
  expect(volunteer.events.at(-1)).toMatchObject({ event: 'closed', exitCode: 0 });
});

test('[WK22] told to finish over the control socket, it completes, delivers and ends', async () => {
  const sandbox = new GatedSandbox();
  const leases = coordinator.enqueue(coordinator.project.publish('return 1;'), ['1']);
  const volunteer = await start({ sandbox });
  await until(() => expect(sandbox.runs).toHaveLength(1));
  expect(await sendControl(folder.path, { command: 'finish' })).toMatchObject({ ok: true, status: { state: 'finishing' } });
  sandbox.runs[0]?.end({ status: 'ok', output: '1', elapsedMs: 5 });
  expect(await volunteer.worker.closed).toEqual({ exitCode: 0, reason: 'all it held is done' });
  expect(leases.map(outputOf)).toEqual(['1']);
});

test('[WK24] [WK40] paused over the control socket, nothing computes until it is resumed', async () => {
  const sandbox = new GatedSandbox();
  const task = coordinator.project.publish('return 1;');
  coordinator.enqueue(task, ['1']);
  await using volunteer = await start({ sandbox });
  await until(() => expect(sandbox.runs).toHaveLength(1));
  await sendControl(folder.path, { command: 'pause', forMs: 3_600_000 });
  await until(() => expect(sandbox.isPaused).toBe(true));
  expect((await readStatus(folder.path))?.why).toContain('Paused by you for another 60 min');
  coordinator.assign(coordinator.session, { lease: `lease_${'b'.repeat(22)}` as LeaseId, index: 9, task, input: '9' });
  await until(() => expect(volunteer.worker.status().held.queued).toBe(1));
  volunteer.worker.resume();
  expect(sandbox.isPaused).toBe(true);
  await until(() => expect(sandbox.runs).toHaveLength(2));
  expect(sandbox.isPaused).toBe(false);
});

test('[WK27] what was paused is still paused after a restart, and says so', async () => {
  coordinator.enqueue(coordinator.project.publish('return 1;'), ['1']);
  {
    await using volunteer = await start();
    volunteer.worker.pause(null);
  }
  const sandbox = new GatedSandbox();
  await using volunteer = await start({ sandbox });
  await until(() => expect(volunteer.worker.status().link).toBe('online'));
  expect(volunteer.worker.status().why).toContain('Paused by you until you resume it');
  expect(sandbox.runs).toEqual([]);
  volunteer.worker.resume();
  await until(() => expect(sandbox.runs).toHaveLength(1));
});

test('[WK2] [WK20] an impostor ends the worker, which tells it nothing', async () => {
  coordinator.shownKey = createKeyPair().publicKey;
  const volunteer = await start();
  const { exitCode, reason } = await volunteer.worker.closed;
  expect([exitCode, reason]).toEqual([76, expect.stringContaining('impostor')]);
  expect(coordinator.heard).toEqual([]);
});

test('[WK43] a worker that has joined keeps trying while nobody answers', async () => {
  const { port, project } = coordinator;
  await coordinator[Symbol.asyncDispose]();
  await using volunteer = await start();
  await until(() => expect(volunteer.events.map(({ event }) => event)).toEqual(['disconnected']));
  coordinator = await FakeCoordinator.open(port);
  coordinator.shownKey = project.key.publicKey;
  await until(() => expect(volunteer.worker.status().link).toBe('online'));
});

test('[WK39] a second worker on the folder is refused, and the first is not disturbed', async () => {
  await using volunteer = await start();
  await expect(start()).rejects.toMatchObject({ code: 'already-running', exitCode: 75 });
  await until(() => expect(volunteer.worker.status().link).toBe('online'));
});

test('[WK41] nothing secret is ever logged', async () => {
  const secret = (await readFile(joinPath(folder.path, 'account-secret'), 'utf8')).trim();
  const { privateKey } = JSON.parse(await readFile(joinPath(folder.path, 'host-key.json'), 'utf8')) as { privateKey: string };
  coordinator.on.submit = (session, message) => {
    if (message.type === 'submit')
      session.say({ type: 'recorded', results: message.results.map(({ lease }) => ({ lease, outcome: 'refused', reason: 'no' })) });
  };
  coordinator.enqueue(coordinator.project.publish('ctx.log("hello"); return 1;'), ['1']);
  const volunteer = await start();
  await until(() => expect(volunteer.worker.status().tally.refused).toBe(1));
  coordinator.session.socket.close(1012);
  await until(() => expect(coordinator.sessions).toHaveLength(2));
  await volunteer.worker.stop();
  const log = volunteer.log();
  expect(log).toContain('hello');
  expect(log).toContain('came to nothing');
  expect(log).not.toContain(secret);
  expect(log).not.toContain(privateKey);
});

test('[WK35] an output that the disk does not take ends the worker: nothing more could be kept', async () => {
  coordinator.enqueue(coordinator.project.publish('return "x".repeat(100000);'), ['1']);
  const sandbox = new GatedSandbox();
  const volunteer = await start({ sandbox });
  await until(() => expect(sandbox.runs).toHaveLength(1));
  await rm(joinPath(folder.path, 'blobs', 'partial'), { recursive: true });
  sandbox.runs[0]?.end({ status: 'ok', output: JSON.stringify('x'.repeat(100_000)), elapsedMs: 1 });
  expect(await volunteer.worker.closed).toMatchObject({ exitCode: 74, reason: expect.stringContaining('could not be stored') });
});

test('[WK14] an output that the disk spoiled before it was uploaded is still accounted for', async () => {
  const sandbox = new GatedSandbox();
  const [lease] = coordinator.enqueue(coordinator.project.publish('return 1;'), ['1']);
  coordinator.on.submit = () => undefined;
  coordinator.intercept = ({ method }, response) => {
    if (method === 'PUT') response.writeHead(503).end();
    return method === 'PUT';
  };
  const output = JSON.stringify('x'.repeat(100_000));
  {
    await using _volunteer = await start({ sandbox });
    await until(() => expect(sandbox.runs).toHaveLength(1));
    sandbox.runs[0]?.end({ status: 'ok', output, elapsedMs: 1 });
    await until(() => expect(coordinator.requests.some((line) => line.startsWith('PUT'))).toBe(true));
  }
  await writeFile(joinPath(folder.path, 'blobs', digestOf(output).slice(7)), 'spoilt');
  delete coordinator.on.submit;
  await using volunteer = await start({ sandbox: new GatedSandbox() });
  await untilResults([lease as LeaseId]);
  expect(volunteer.log()).toContain('damaged on this disk');
});

test('a configuration that makes no sense is refused with the field’s name', async () => {
  await expect(start({ threads: 0 })).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('"threads"') });
  await expect(start({ url: 'nowhere' })).rejects.toMatchObject({ code: 'usage' });
  expect(await readdir(folder.path)).not.toContain('control.sock');
});
