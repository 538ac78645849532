import { digestOf, jobId, taskId } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { indexes, refOf, TASK_LIMITS, taskFacts, World } from '../../test/engine-world.ts';
import type { NewJob, Outcome } from './coordinator.ts';
import type { NewChunk } from './job-desk.ts';

const order = (over: Partial<NewJob> = {}): NewJob => ({
  task: taskId(1),
  title: 'A job',
  key: 'the-same-key',
  inputs: { kind: 'stream' },
  priority: 0,
  leaseMs: 60_000,
  author: 'ada',
  ...over,
});
const chunkOf = (job: NewChunk['job'], chunk: number, lines: string[], over: Partial<NewChunk> = {}): NewChunk => {
  const text = lines.join('\n');
  return { job, author: 'ada', chunk, lines: text, count: lines.length, digest: digestOf(text), close: false, ...over };
};
function grantedOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`${outcome.code}: ${outcome.message}`);
  return outcome.value;
}
const codeOf = (outcome: Outcome<unknown>) => (outcome.ok ? 'ok' : outcome.code);

test('[EN26] a job takes policy and limits from its task, and is stored when it is answered', async () => {
  const { coordinator, store } = await World.open();
  const job = grantedOf(await coordinator.createJob(order()));
  expect(job).toMatchObject({ revision: 1, state: 'open', unitCount: 0, limits: TASK_LIMITS, verify: { kind: 'quorum', k: 1 } });
  expect(store.tables.jobs.get(job.id)).toEqual(job);
});

test('[EN26] the same author and key answer the same job, also when both come at once', async () => {
  const { coordinator, store } = await World.open();
  const [one, two] = await Promise.all([coordinator.createJob(order()), coordinator.createJob(order())]);
  const three = await coordinator.createJob(order());
  expect(new Set([one, two, three].map((outcome) => grantedOf(outcome).id)).size).toBe(1);
  expect(grantedOf(await coordinator.createJob(order({ author: 'bob' }))).id).not.toBe(grantedOf(one).id);
  expect(store.tables.jobs.size).toBe(2);
});

test('[EN26] the same key for another job is refused', async () => {
  const { coordinator } = await World.open();
  await coordinator.createJob(order());
  expect(codeOf(await coordinator.createJob(order({ inputs: { kind: 'index', count: 3 } })))).toBe('conflict');
});

test('[EN26] a key that another coordinator took meanwhile answers its job', async () => {
  const { coordinator, store } = await World.open();
  const theirs = { ...grantedOf(await coordinator.createJob(order())), id: jobId(900), key: 'raced-key' };
  const find = store.findJobByKey.bind(store);
  store.findJobByKey = async () => {
    store.findJobByKey = find;
    store.tables.jobs.set(theirs.id, theirs);
    return null;
  };
  expect(grantedOf(await coordinator.createJob(order({ key: 'raced-key' }))).id).toBe(theirs.id);
});

test('[EN26] a task that nobody published has no jobs', async () => {
  const { coordinator } = await World.open();
  expect(codeOf(await coordinator.createJob(order({ task: taskId(9) })))).toBe('not-found');
});

test('[EN26] a range knows its units, and an empty one is done at once', async () => {
  const { coordinator } = await World.open();
  const range = (from: number, to: number) => order({ key: `range ${from}-${to}`, inputs: { kind: 'range', from, to, step: 10 } });
  expect(grantedOf(await coordinator.createJob(range(0, 95)))).toMatchObject({ unitCount: 10, state: 'closed' });
  expect(grantedOf(await coordinator.createJob(range(5, 5)))).toMatchObject({ unitCount: 0, state: 'done', endedAt: expect.any(Number) });
});

test('[EN27] chunks are stored once and in order', async () => {
  const { coordinator, store } = await World.open();
  const { id } = grantedOf(await coordinator.createJob(order()));
  expect(grantedOf(await coordinator.appendUnits(chunkOf(id, 0, ['1', '2'])))).toEqual({
    chunk: 0,
    firstIndex: 0,
    count: 2,
    repeated: false,
  });
  expect(grantedOf(await coordinator.appendUnits(chunkOf(id, 1, ['3'])))).toMatchObject({ firstIndex: 2, repeated: false });
  expect(grantedOf(await coordinator.appendUnits(chunkOf(id, 0, ['1', '2'])))).toEqual({
    chunk: 0,
    firstIndex: 0,
    count: 2,
    repeated: true,
  });
  const other = await coordinator.appendUnits(chunkOf(id, 0, ['1', '9']));
  const early = await coordinator.appendUnits(chunkOf(id, 5, ['9']));
  expect([codeOf(other), codeOf(early)]).toEqual(['conflict', 'conflict']);
  expect(early).toMatchObject({ message: expect.stringContaining('chunk 2 is expected') });
  expect(store.tables.jobs.get(id)).toMatchObject({ unitCount: 3, chunkCount: 2 });
});

test('[EN27] a chunk sent twice at once is stored once', async () => {
  const { coordinator, store } = await World.open();
  const { id } = grantedOf(await coordinator.createJob(order()));
  const both = await Promise.all([0, 1].map(() => coordinator.appendUnits(chunkOf(id, 0, ['1', '2'], { close: true }))));
  expect(both.map((outcome) => grantedOf(outcome).repeated).toSorted()).toEqual([false, true]);
  expect(store.tables.chunks.size).toBe(1);
  expect(store.tables.jobs.get(id)).toMatchObject({ unitCount: 2, state: 'closed' });
});

test('[EN27] the last chunk may be told to be the last when it is repeated', async () => {
  const { coordinator, store } = await World.open();
  const { id } = grantedOf(await coordinator.createJob(order()));
  await coordinator.appendUnits(chunkOf(id, 0, ['1']));
  expect(grantedOf(await coordinator.appendUnits(chunkOf(id, 0, ['1'], { close: true })))).toMatchObject({ repeated: true });
  expect(store.tables.jobs.get(id)?.state).toBe('closed');
  expect(codeOf(await coordinator.appendUnits(chunkOf(id, 1, ['2'])))).toBe('conflict');
});

test('[EN27] only its author adds to a stream, and to nothing else', async () => {
  const { coordinator } = await World.open();
  const { id } = grantedOf(await coordinator.createJob(order()));
  const range = grantedOf(await coordinator.createJob(order({ key: 'a-range', inputs: { kind: 'index', count: 3 } })));
  const attempts = [chunkOf(id, 0, ['1'], { author: 'bob' }), chunkOf(jobId(404), 0, ['1']), chunkOf(range.id, 0, ['1'])];
  const outcomes = await Promise.all(attempts.map((chunk) => coordinator.appendUnits(chunk)));
  expect(outcomes.map(codeOf)).toEqual(['forbidden', 'not-found', 'bad-request']);
});

test('[EN28] [EN10] after a cancel nothing is given, holders are told, and what still comes is late', async () => {
  const world = await World.open({ limits: { pageUnits: 3 } });
  const job = await world.job();
  const [a, b] = [await world.host(1), await world.host(2)];
  const held = await a.get(8);
  await a.submit(held.slice(0, 2));
  const given = held.slice(7).map(refOf);
  await a.receive({ type: 'release', leases: given });
  await world.quiet();
  expect(a.leases()).toEqual([]);
  const cancelled = grantedOf(await world.coordinator.cancelJob(job, 'ada'));
  expect(cancelled.state).toBe('cancelled');
  await b.ask(5);
  expect(b.link.take('no-work').reason).toBe('no-jobs');
  const revoked = a.link.takeAll('revoke');
  expect(revoked.every(({ reason }) => reason === 'cancelled')).toBe(true);
  expect(indexes(revoked.flatMap(({ leases }) => leases)).toSorted()).toEqual([2, 3, 4, 5, 6]);
  expect(await a.submit(held.slice(2, 3))).toEqual(['late']);
  expect(world.jobRow(job)).toMatchObject({ endedAt: world.clock.now(), counts: { final: 2, cancelled: 6, revoked: 5, released: 1 } });
  expect(world.violations()).toEqual([]);
});

test('[EN28] a result that comes between the cancel and its unit’s turn is not canonical', async () => {
  const world = await World.open();
  const job = await world.job();
  const host = await world.host(1);
  const held = await host.get(2);
  world.store.unsettledUnits = () => new Promise(() => {});
  await world.coordinator.cancelJob(job, null);
  expect(await host.send(held.slice(0, 1).map((lease) => ({ ...refOf(lease), status: 'ok', output: 'x', elapsedMs: 1 })))).toEqual([
    'late',
  ]);
  expect(world.unit(job, 0)?.state.kind).toBe('cancelled');
  expect(world.unit(job, 1)?.state.kind).toBe('open');
});

test('[EN28] a restart goes on cancelling', async () => {
  const before = await World.open();
  const job = await before.job();
  const host = await before.host(1);
  await host.get(4);
  before.store.unsettledUnits = () => new Promise(() => {});
  grantedOf(await before.coordinator.cancelJob(job, 'ada'));
  expect(before.jobRow(job)).toMatchObject({ state: 'cancelled', endedAt: null });
  Reflect.deleteProperty(before.store, 'unsettledUnits');
  const world = await World.reopen(before);
  await world.quiet();
  expect(world.jobRow(job)).toMatchObject({ state: 'cancelled', endedAt: expect.any(Number), counts: { cancelled: 4, running: 0 } });
});

test('[EN28] only its author or an operator cancels a job, once, and not when it is done', async () => {
  const world = await World.open();
  const job = await world.job({ inputs: { kind: 'index', count: 1 } });
  const other = await world.job();
  expect(codeOf(await world.coordinator.cancelJob(job, 'bob'))).toBe('forbidden');
  expect(codeOf(await world.coordinator.cancelJob(jobId(404), 'ada'))).toBe('not-found');
  const host = await world.host(1);
  await host.submit(await host.get(1));
  expect(codeOf(await world.coordinator.cancelJob(job, 'ada'))).toBe('conflict');
  expect(codeOf(await world.coordinator.cancelJob(other, null))).toBe('ok');
  await world.quiet();
  const ended = world.jobRow(other);
  expect(grantedOf(await world.coordinator.cancelJob(other, 'ada'))).toEqual(ended);
});

test('[EN29] a task is published once its bundle is stored', async () => {
  const { coordinator, blobs, store } = await World.open();
  const { publishedAt, ...task } = taskFacts({ kind: 'proof' }, taskId(2));
  expect(publishedAt).toBe(0);
  expect(codeOf(await coordinator.publishTask(task))).toBe('bad-request');
  blobs.sizes.set(task.manifest.bundle, task.manifest.bundleBytes + 1);
  expect(codeOf(await coordinator.publishTask(task))).toBe('bad-request');
  blobs.sizes.set(task.manifest.bundle, task.manifest.bundleBytes);
  const both = await Promise.all([coordinator.publishTask(task), coordinator.publishTask(task)]);
  expect(both.map(grantedOf)).toEqual([task.id, task.id]);
  const stored = store.tables.tasks.get(task.id);
  expect(grantedOf(await coordinator.publishTask({ ...task, author: 'bob' }))).toBe(task.id);
  expect(store.tables.tasks.get(task.id)).toBe(stored);
});

test('[EN30] authors have unique names, and a revoked one stays on record', async () => {
  const { coordinator, store, clock } = await World.open();
  const ada = { name: 'ada', key: 'k', tokenHash: 't', addedAt: 1, revokedAt: null };
  expect(grantedOf(await coordinator.addAuthor(ada))).toEqual(ada);
  expect(grantedOf(await coordinator.addAuthor(ada))).toEqual(ada);
  expect(codeOf(await coordinator.addAuthor({ ...ada, key: 'other' }))).toBe('conflict');
  expect(codeOf(await coordinator.revokeAuthor('bob'))).toBe('not-found');
  const revoked = grantedOf(await coordinator.revokeAuthor('ada'));
  expect(revoked.revokedAt).toBe(clock.now());
  expect(grantedOf(await coordinator.revokeAuthor('ada'))).toEqual(revoked);
  expect(codeOf(await coordinator.addAuthor(ada))).toBe('conflict');
  expect(await store.authors()).toEqual([revoked]);
});
