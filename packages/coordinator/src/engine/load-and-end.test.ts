import { leaseId, quorumOf } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { type Held, okResult, refOf, World } from '../../test/engine-world.ts';

test('[EN31] a stopping coordinator gives nothing, makes durable what it has, and says when to come back', async () => {
  const world = await World.open();
  const job = await world.job();
  const [busy, idle] = [await world.host(1), await world.host(2)];
  const held = await busy.get(2);
  void busy.session.receive({ type: 'submit', results: held.map((lease) => okResult(lease, 'x')) });
  void idle.session.receive({ type: 'request-work', replicas: 3 });
  await world.coordinator.stop();
  expect(busy.link.take('drain').retryAfterMs).toBeGreaterThan(0);
  expect(busy.link.take('recorded').results.map(({ outcome }) => outcome)).toEqual(['recorded', 'recorded']);
  expect(busy.link.closed).toMatchObject({ code: 1012 });
  idle.link.take('drain');
  expect(idle.link.take('no-work').reason).toBe('draining');
  expect(world.jobRow(job).counts).toMatchObject({ final: 2, issued: 2 });
  expect(world.clock.timers).toBe(0);
  expect(await world.store.lastAliveAt()).toBe(world.clock.now());
  const late = await world.connect(3);
  expect(late.link.closed).toMatchObject({ code: 1012 });
  const refused = await world.coordinator.cancelJob(job, 'ada');
  expect(refused).toMatchObject({ ok: false, code: 'overloaded', message: expect.stringContaining('restarting') });
});

test('[EN31] [EN18] a wish that comes while it stops is answered with draining', async () => {
  const world = await World.open();
  const host = await world.host(1);
  const stopping = world.coordinator.stop();
  void host.session.receive({ type: 'request-work', replicas: 3 });
  const again = await world.connect(1);
  expect(again.link.closed).toMatchObject({ code: 1012 });
  expect(world.coordinator.figures()).toMatchObject({ hostsOnline: 1, coresOnline: 2 });
  await stopping;
  host.link.take('drain');
  expect(host.link.take('no-work').reason).toBe('draining');
});

test('[EN32] when the store fails nothing is acknowledged and everybody is sent away', async () => {
  const world = await World.open();
  await world.job();
  const host = await world.host(1);
  const held = await host.get(1);
  world.store.commit = () => Promise.reject(new Error('I/O error'));
  await host.session.receive({ type: 'submit', results: held.map((lease) => okResult(lease, 'x')) });
  await world.quiet();
  expect(host.link.unread).toEqual([]);
  expect(host.link.closed).toMatchObject({ code: 1013 });
  expect(world.broken).toMatchObject([{ message: 'I/O error' }]);
  expect(world.clock.timers).toBe(0);
  expect(await world.coordinator.cancelJob(held[0]?.job as never, 'ada')).toMatchObject({
    ok: false,
    message: expect.stringContaining('stopping'),
  });
  await world.coordinator.stop();
});

type Method =
  | 'keepAlive'
  | 'expiredUnits'
  | 'loadInputs'
  | 'loadUnits'
  | 'liveLeases'
  | 'loadHost'
  | 'readyUnits'
  | 'unsettledUnits'
  | 'loadResult';

const failing = (world: World, name: Method) => Object.assign(world.store, { [name]: () => Promise.reject(new Error(name)) });

test.each<Method>(['keepAlive', 'expiredUnits'])('[EN32] a %s that fails by the clock stops it too', async (name) => {
  const world = await World.open();
  failing(world, name);
  await world.advance(2 * world.limits.keepAliveMs);
  expect(world.broken).toMatchObject([{ message: name }]);
});

test.each<Method>(['loadHost', 'loadUnits', 'liveLeases', 'loadInputs'])('[EN32] and so does a failing %s', async (name) => {
  const before = await World.open();
  await before.job();
  const held = await (await before.host(1)).get(2);
  const world = await World.reopen(before);
  failing(world, name);
  const host = await world.connect(1);
  await host.receive({ type: 'reconcile', leases: held.map(refOf), more: false });
  await host.ask(5);
  expect(world.broken).toMatchObject([{ message: name }]);
  expect(host.link.closed).toMatchObject({ code: 1013 });
});

test('[EN32] a page that cannot be read stops it, at the start and later', async () => {
  const before = await World.open({ verify: quorumOf(2), limits: { pageUnits: 1, readyUnitsPerJob: 8 } });
  const job = await before.job();
  await (await before.host(1)).get(5);
  const world = await World.reopen(before);
  failing(world, 'readyUnits');
  await expect(World.reopen(before)).rejects.toThrow('readyUnits');
  const host = await world.host(2);
  await host.ask(1);
  expect(world.broken).toMatchObject([{ message: 'readyUnits' }]);
  expect(world.jobRow(job).counts.issued).toBe(6);
});

test.each<Method>(['unsettledUnits', 'readyUnits'])('[EN32] a cancel that cannot read %s stops it', async (name) => {
  const world = await World.open();
  const job = await world.job();
  failing(world, name);
  await world.coordinator.cancelJob(job, 'ada');
  await world.quiet();
  expect(world.broken).toMatchObject([{ message: name }]);
});

test('[EN32] a check that cannot read its result stops it', async () => {
  const world = await World.open({ verify: { kind: 'proof' } });
  await world.job();
  const host = await world.host(1);
  const held = await host.get(1);
  failing(world, 'loadResult');
  await host.submit(held);
  expect(world.broken).toMatchObject([{ message: 'loadResult' }]);
});

test('[EN33] under overload new work is refused with a time, and results are recorded', async () => {
  const world = await World.open({ limits: { queuedCommands: 3, batchCommands: 2 } });
  const job = await world.job();
  const hosts = [await world.host(1), await world.host(2)] as const;
  const held = await hosts[0].get(6);
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const commit = world.store.commit.bind(world.store);
  world.store.commit = async (changes) => {
    await gate;
    return commit(changes);
  };
  const submit = (at: number) =>
    hosts[0].session.receive({ type: 'submit', results: held.slice(at, at + 2).map((lease) => okResult(lease, 'x')) });
  const pending = [submit(0)];
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  pending.push(submit(2), submit(4));
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  const refused = await world.coordinator.createJob({ ...orderOf(world), key: 'too-much-now' });
  expect(refused).toMatchObject({ ok: false, code: 'overloaded' });
  await hosts[1].session.receive({ type: 'request-work', replicas: 2 });
  const late = await world.connect(3);
  expect(late.link.closed).toMatchObject({ code: 1013 });
  expect(hosts[1].link.take('no-work')).toMatchObject({ reason: 'overloaded', retryAfterMs: expect.any(Number) });
  expect(world.coordinator.figures().queued).toBeGreaterThan(3);
  release();
  await Promise.all(pending);
  await world.quiet();
  expect(hosts[0].link.takeAll('recorded').flatMap(({ results }) => results.map(({ outcome }) => outcome))).toEqual(
    Array(6).fill('recorded'),
  );
  expect(world.jobRow(job).counts.final).toBe(6);
  // The wish stood: it was filled when there was room again.
  await world.advance(world.limits.sweepMs);
  expect(hosts[1].leases()).toHaveLength(2);
});

const orderOf = ({ store }: World) => {
  const [job] = [...store.tables.jobs.values()];
  if (job === undefined) throw new Error('no job');
  return { task: job.task, title: 't', inputs: job.inputs, priority: 0, leaseMs: 60_000, author: 'ada' };
};

test('[EN34] figures tell who is connected, how fast it goes, and what waits', async () => {
  const world = await World.open();
  const job = await world.job({ inputs: { kind: 'index', count: 600 } });
  const host = await world.host(1, { cores: 6 });
  await world.host(2, { cores: 2 });
  await host.submit(await host.get(300));
  const busy = world.coordinator.figures();
  expect(busy).toMatchObject({ hostsOnline: 2, coresOnline: 8, queued: 0 });
  expect(busy.jobs.map(({ id, counts }) => [id, counts.final])).toEqual([[job, 300]]);
  await world.advance(30_000);
  const later = world.coordinator.figures();
  expect(later.unitsPerSecond).toBeCloseTo(10);
  expect(later.jobUnitsPerSecond.get(job)).toBeCloseTo(10);
  expect(later.throughput).toHaveLength(60);
  expect(later.throughput.reduce((a, b) => a + b)).toBeCloseTo(30);
  expect(later.throughput.at(-4)).toBeCloseTo(30);
  await world.advance(60_000);
  expect(world.coordinator.figures().unitsPerSecond).toBe(0);
  host.session.close();
  expect(world.coordinator.figures()).toMatchObject({ hostsOnline: 1, coresOnline: 2 });
});

test('[EN34] a job that ended is in no figure any more', async () => {
  const world = await World.open();
  const job = await world.job({ inputs: { kind: 'index', count: 60 } });
  const host = await world.host(1);
  const held = await host.get(60);
  const other = await world.job();
  await host.submit(held.slice(0, 30));
  await world.coordinator.cancelJob(job, null);
  await world.coordinator.cancelJob(other, null);
  await world.quiet();
  expect(world.coordinator.figures().jobs).toEqual([]);
  expect(world.coordinator.figures().jobUnitsPerSecond.size).toBe(0);
  await world.advance(30_000);
  // Only what became final counts.
  expect(world.coordinator.figures().unitsPerSecond).toBeCloseTo(1);
});

test('[EN34] listeners hear of every job that a commit changed, until they leave', async () => {
  const world = await World.open();
  const heard: string[][] = [];
  const listening = world.coordinator.onJobsChanged((jobs) => heard.push([...jobs]));
  const job = await world.job();
  const host = await world.host(1);
  await host.get(1);
  expect(heard).toEqual([[job], [job]]);
  listening[Symbol.dispose]();
  await host.get(1);
  expect(heard).toHaveLength(2);
});

test('[EN35] an upload is allowed for a live lease, up to what its task allows', async () => {
  const world = await World.open();
  const job = await world.job();
  const host = await world.host(1);
  const held = await host.get(1);
  expect(await world.coordinator.uploadAllowance(refOf(held[0] as Held))).toBe(1_000);
  expect(await world.coordinator.uploadAllowance({ job, index: 0, lease: leaseId(9) })).toBeNull();
  expect(await world.coordinator.uploadAllowance({ job, index: 9, lease: leaseId(9) })).toBeNull();
  const fresh = new World({ store: world.store, clock: world.clock });
  expect(await fresh.coordinator.uploadAllowance(refOf(held[0] as Held))).toBe(1_000);
  await host.submit(held);
  expect(await world.coordinator.uploadAllowance(refOf(held[0] as Held))).toBeNull();
});
