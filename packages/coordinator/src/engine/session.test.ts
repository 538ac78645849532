import type { JobId } from '@manyhands/protocol';
import { digestOf, jobFacts, jobId, leaseId, quorumOf } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { type Held, ids, indexes, okResult, refOf, taskFacts, World } from '../../test/engine-world.ts';
import { type Job, ZERO_COUNTS } from '../domain/job.ts';
import { createUnit } from '../domain/work-unit.ts';
import type { WorkerSession } from './worker-session.ts';

test('[EN2] a second session of a host replaces the first', async () => {
  const world = await World.open();
  await world.job();
  const first = await world.host(1);
  const held = await first.get(2);
  const second = await world.host(1, { holds: held.map(refOf) });
  expect(first.link.closed).toMatchObject({ code: 4003 });
  first.session.close();
  expect(world.coordinator.figures().hostsOnline).toBe(1);
  expect(await second.submit(held)).toEqual(['recorded', 'recorded']);
  await first.session.receive({ type: 'request-work', replicas: 5 });
  await world.quiet();
  expect(first.link.unread).toEqual([]);
});

test('[EN4] what the host does not know of is sent again, what we do not know of is dropped', async () => {
  const world = await World.open({ verify: quorumOf(2) });
  const job = await world.job();
  const first = await world.host(1);
  const held = await first.get(3);
  first.session.close();
  await world.advance(20_000);
  const stranger = { job, index: 0, lease: leaseId(77) };
  const back = await world.connect(1);
  await back.receive({ type: 'reconcile', leases: [refOf(held[0] as Held)], more: true });
  expect(back.link.unread).toEqual([]);
  await back.receive({ type: 'reconcile', leases: [stranger], more: false });
  expect(back.link.unread).toEqual(['reconciled', 'assign']);
  expect(back.link.take('reconciled').drop).toEqual([leaseId(77)]);
  const again = back.link.take('assign');
  expect(again.leaseMs).toBe(40_000);
  expect(again.leases).toEqual(held.slice(1).map(({ lease, index, input }) => ({ lease, index, input })));
  expect(world.jobRow(job).counts).toMatchObject({ issued: 3, released: 0 });
  expect(await back.submit(held)).toEqual(['recorded', 'recorded', 'recorded']);
});

test('[EN4] two accounts, a quorum of two, and a frame lost on the way to each: the job ends all the same', async () => {
  const world = await World.open({ verify: quorumOf(2) });
  const job = await world.job();
  for (const n of [1, 2]) {
    const deaf = await world.host(n);
    await deaf.ask(10);
    deaf.session.close();
  }
  for (const n of [1, 2]) {
    const back = await world.host(n);
    const leases = back.leases();
    expect(indexes(leases).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await back.submit(leases);
  }
  expect(world.jobRow(job)).toMatchObject({ state: 'done', counts: { final: 10, released: 0 } });
  expect(world.violations()).toEqual([]);
});

test('[EN4] what is sent again is within the limits of a frame, counts against the quota, and is given back like any other', async () => {
  const world = await World.open({ limits: { leasesPerFrame: 4, quotaPerHost: 10 } });
  const job = await world.job({ inputs: { kind: 'index', count: 20 } });
  const first = await world.host(1);
  await first.ask(10);
  first.session.close();
  const back = await world.host(1);
  const frames = back.link.takeAll('assign');
  expect(frames.map(({ leases }) => leases.length)).toEqual([4, 4, 2]);
  await back.ask(1);
  expect(back.link.take('no-work').reason).toBe('quota');
  const given = frames[0]?.leases.map(({ lease, index }) => ({ lease, index, job })) ?? [];
  await back.ask(0);
  await back.receive({ type: 'release', leases: given });
  expect(world.jobRow(job).counts).toMatchObject({ issued: 10, released: 4 });
});

test.each([
  ['its job was cancelled', (world: World, job: JobId) => world.coordinator.cancelJob(job, null)],
  ['it can hardly be renewed in time', (world: World) => world.advance(60_000 - world.limits.heartbeatMs)],
])('[EN4] a lease that the host does not know of is released when %s', async (_, happen) => {
  const world = await World.open();
  const job = await world.job();
  const host = await world.host(1);
  await host.ask(10);
  host.session.close();
  await happen(world, job);
  const back = await world.connect(1);
  await back.receive({ type: 'reconcile', leases: [], more: false });
  expect(back.link.unread).toContain('reconciled');
  expect(back.link.unread).not.toContain('assign');
  const { released, revoked } = world.jobRow(job).counts;
  expect(released + revoked).toBe(10);
  expect(world.violations()).toEqual([]);
});

test('[EN4] a suspended host is sent nothing again', async () => {
  const world = await World.open({ limits: { firstQuota: 4 } });
  const job = await world.job();
  const host = await world.host(1);
  const held = await host.get(4);
  await host.fail(held.slice(1));
  host.session.close();
  const back = await world.host(1);
  expect(back.link.unread).toEqual([]);
  expect(world.jobRow(job).counts).toMatchObject({ issued: 4, released: 1 });
});

test('[EN4] a lease of another host is not the host’s to hold', async () => {
  const world = await World.open();
  await world.job();
  const held = await (await world.host(1)).get(1);
  const thief = await world.connect(2);
  await thief.receive({ type: 'reconcile', leases: held.map(refOf), more: false });
  expect(thief.link.take('reconciled').drop).toEqual(ids(held));
  expect(await thief.submit(held)).toEqual(['unknown']);
});

test('[EN4] nothing that was held before a reconnect counts as new work, and quota knows of it', async () => {
  const world = await World.open({ limits: { quotaPerHost: 3 } });
  await world.job();
  const first = await world.host(1);
  const held = await first.get(3);
  first.session.close();
  const back = await world.host(1, { holds: held.map(refOf) });
  await back.ask(2);
  expect(back.link.take('no-work').reason).toBe('quota');
});

/** A unit of quorum 2 with a third replica out, as audits make them: hosts 1 and 2 have decided it while host 3 still computes. */
async function decidedWithoutHostThree() {
  const before = new World({ verify: quorumOf(2) });
  const id = jobId(50);
  const counts = { ...ZERO_COUNTS, idle: 1 };
  const job: Job = { ...jobFacts(1), id, revision: 1, verify: quorumOf(2), leaseMs: 600_000, nextFresh: 1, counts };
  const unit = { ...createUnit({ job: id, index: 0 }, 3), revision: 1 };
  await before.store.commit({ tasks: [taskFacts(before.verify)], jobs: [job], units: [unit] });
  const world = await World.reopen(before);
  const [a, b, c] = [await world.host(1), await world.host(2), await world.host(3)];
  const leases = [await a.get(1), await b.get(1), await c.get(1)] as const;
  await a.submit(leases[0], 'x');
  await b.submit(leases[1], 'x');
  return { world, job: id, late: c, held: leases[2].map(refOf) };
}

test('[EN10] when a unit is final, who still works on it is told once, and its result still counts', async () => {
  const { world, job, late, held } = await decidedWithoutHostThree();
  expect(late.link.take('revoke')).toEqual({ type: 'revoke', reason: 'final', leases: held });
  expect(await late.submit(held, 'x')).toEqual(['recorded']);
  expect(late.link.unread).toEqual([]);
  expect(world.store.tables.postings.size).toBe(3);
  expect(world.unit(job, 0)?.state.kind).toBe('final');
  expect(world.violations()).toEqual([]);
});

test('[EN5] a host that comes back to a final unit is told to stop, not to forget', async () => {
  const { world, late, held } = await decidedWithoutHostThree();
  late.session.close();
  const back = await world.connect(3);
  await back.receive({ type: 'reconcile', leases: held, more: false });
  expect(back.link.take('reconciled').drop).toEqual([]);
  expect(back.link.take('revoke')).toEqual({ type: 'revoke', reason: 'final', leases: held });
  expect(await back.submit(held, 'y')).toEqual(['recorded']);
  expect(world.store.tables.postings.size).toBe(2);
});

test('[EN8] a lease of a final unit is not renewed', async () => {
  const { late, held } = await decidedWithoutHostThree();
  late.link.take('revoke');
  await late.receive({ type: 'renew', leases: held });
  expect(late.link.take('renewed')).toEqual({ type: 'renewed', leases: [], ended: ids(held) });
});

test('[EN6] recorded answers in the order of submit, and the same to a repeat', async () => {
  const world = await World.open();
  const job = await world.job();
  const host = await world.host(1);
  const held = await host.get(4);
  const mixed = [held[3], held[0], { job, index: 1, lease: leaseId(99) }, held[2]] as Held[];
  const expected = ['recorded', 'recorded', 'unknown', 'recorded'];
  expect(await host.submit(mixed)).toEqual(expected);
  expect(await host.submit(mixed)).toEqual(expected);
  expect(await host.submit([{ job: jobId(404), index: 0, lease: leaseId(99) }])).toEqual(['unknown']);
  expect(world.jobRow(job).counts).toMatchObject({ results: 3, final: 3, returned: 3 });
});

test('[EN6] one frame may repeat itself', async () => {
  const world = await World.open();
  const job = await world.job();
  const host = await world.host(1);
  const [one] = (await host.get(1)) as [Held];
  expect(await host.submit([one, one])).toEqual(['recorded', 'recorded']);
  expect(world.jobRow(job).counts.results).toBe(1);
});

test('[EN7] a result larger than its task allows is refused, and its replica is for others', async () => {
  const world = await World.open();
  const job = await world.job();
  const host = await world.host(1);
  const held = await host.get(3);
  const exactly = 'é'.repeat(500);
  expect(await host.submit(held.slice(0, 1), exactly)).toEqual(['recorded']);
  expect(await host.submit(held.slice(1, 2), `${exactly}x`)).toEqual(['refused']);
  expect(await host.submit(held.slice(1, 2), `${exactly}x`)).toEqual(['refused']);
  expect(await host.submit(held.slice(2), `𝄞€${'x'.repeat(994)}`)).toEqual(['refused']);
  expect(world.unit(job, 1)?.replicas).toMatchObject([{ kind: 'lost', cause: 'errored', error: 'output' }, { kind: 'ready' }]);
});

test('[EN7] a blob that was not uploaded whole is refused', async () => {
  const world = await World.open();
  await world.job();
  const host = await world.host(1);
  const held = await host.get(3);
  const blob = digestOf('blob');
  world.blobs.sizes.set(blob, 900);
  expect(await host.submit(held.slice(0, 1), { blob, bytes: 900 })).toEqual(['recorded']);
  expect(await host.submit(held.slice(1, 2), { blob, bytes: 901 })).toEqual(['refused']);
  expect(await host.submit(held.slice(2, 3), { blob: digestOf('other'), bytes: 1 })).toEqual(['refused']);
  world.blobs.sizes.set(blob, 2_000);
  const more = await host.get(1);
  expect(await host.submit(more, { blob, bytes: 2_000 })).toEqual(['refused']);
});

test('[EN8] a renewal is written only when it is due', async () => {
  const world = await World.open();
  const job = await world.job({ leaseMs: 100_000 });
  const host = await world.host(1);
  const held = (await host.get(1)).map(refOf);
  await world.advance(20_000);
  await host.receive({ type: 'renew', leases: [...held, { job, index: 5, lease: leaseId(5) }] });
  expect(host.link.take('renewed')).toEqual({ type: 'renewed', leases: [{ lease: held[0]?.lease, leaseMs: 80_000 }], ended: [leaseId(5)] });
  expect(world.unit(job, 0)?.revision).toBe(1);
  await world.advance(40_000);
  await host.receive({ type: 'renew', leases: held });
  expect(host.link.take('renewed').leases).toEqual([{ lease: held[0]?.lease, leaseMs: 100_000 }]);
  expect(world.unit(job, 0)?.revision).toBe(2);
  await world.advance(90_000);
  expect(world.unit(job, 0)?.replicas).toMatchObject([{ kind: 'leased' }]);
});

test('[EN9] leases given back are for others at once', async () => {
  const world = await World.open();
  const job = await world.job({ inputs: { kind: 'index', count: 1 } });
  const [a, b] = [await world.host(1), await world.host(2)];
  const held = await a.get(1);
  await b.ask(1);
  b.link.take('no-work');
  await a.receive({ type: 'release', leases: held.map(refOf) });
  expect(indexes(b.leases())).toEqual([0]);
  expect(await a.submit(held)).toEqual(['late']);
  expect(world.jobRow(job).counts).toMatchObject({ released: 1, results: 1, final: 0 });
});

test('[EN9] what a host that went away was never told waits for it, and is sent when it is back', async () => {
  const world = await World.open();
  const job = await world.job({ inputs: { kind: 'index', count: 2 } });
  const gone = await world.host(1);
  whileCommitting(world, () => gone.session.close());
  void gone.session.receive({ type: 'request-work', replicas: 2 });
  await world.quiet();
  expect(gone.link.unread).toEqual([]);
  const back = await world.host(1);
  expect(indexes(back.leases()).toSorted()).toEqual([0, 1]);
  expect(world.jobRow(job).counts).toMatchObject({ issued: 2, released: 0 });
});

test('[EN9] what a session was never told because another of its host took its place is for others at once', async () => {
  const world = await World.open();
  const job = await world.job({ inputs: { kind: 'index', count: 2 } });
  const [first, other] = [await world.host(1), await world.host(2)];
  whileCommitting(world, () => void world.host(1));
  void first.session.receive({ type: 'request-work', replicas: 2 });
  await world.quiet();
  expect(first.link.unread).toEqual([]);
  expect(world.jobRow(job).counts).toMatchObject({ issued: 2, released: 2 });
  expect(indexes(await other.get(2)).toSorted()).toEqual([0, 1]);
});

/** Once, while the next commit is under way. */
function whileCommitting({ store }: World, work: () => void): void {
  const commit = store.commit.bind(store);
  store.commit = async (changes) => {
    store.commit = commit;
    work();
    return commit(changes);
  };
}

test('[EN11] progress of leases is heard, that of others ignored', async () => {
  const world = await World.open();
  const job = await world.job();
  const host = await world.host(1);
  const [one] = (await host.get(1)) as [Held];
  const session = host.session as WorkerSession;
  const stranger = { job, index: 8, lease: leaseId(8), fraction: 0.9 };
  await host.receive({ type: 'progress', leases: [{ ...refOf(one), fraction: 0.5 }, stranger] });
  expect([...session.book.values()]).toMatchObject([{ index: 0, fraction: 0.5 }]);
  await host.submit([one]);
  expect(session.book.size).toBe(0);
});

test('[EN1] nothing is told before it is durable', async () => {
  const world = await World.open();
  await world.job();
  const host = await world.host(1);
  const held = await host.get(1);
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const commit = world.store.commit.bind(world.store);
  world.store.commit = async (changes) => {
    await gate;
    return commit(changes);
  };
  void host.session.receive({ type: 'submit', results: held.map((lease) => okResult(lease, 'x')) });
  void host.session.receive({ type: 'request-work', replicas: 2 });
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(host.link.unread).toEqual([]);
  release();
  await world.quiet();
  expect(host.link.take('recorded').results).toHaveLength(1);
  expect(host.leases()).toHaveLength(2);
});

test('[EN10] what was revoked while its input was read is not sent any more', async () => {
  const world = await World.open();
  const job = await world.job();
  const host = await world.host(1);
  const loadInputs = world.store.loadInputs.bind(world.store);
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  world.store.loadInputs = async (refs) => {
    await gate;
    return loadInputs(refs);
  };
  await host.ask(2);
  await world.coordinator.cancelJob(job, null);
  await world.quiet();
  release();
  await world.quiet();
  expect(host.link.take('revoke').leases).toHaveLength(2);
  expect(host.link.unread).toEqual([]);
});

test('[EN8] a lease that somebody else ended is told so when it is due', async () => {
  const world = await World.open();
  const job = await world.job({ leaseMs: 60_000 });
  const host = await world.host(1);
  const held = (await host.get(1)).map(refOf);
  const unit = world.unit(job, 0);
  if (unit === undefined) throw new Error('no unit');
  world.store.tables.units.set(`${job}/0`, { ...unit, revision: 2, replicas: [{ kind: 'ready', no: 0 }] });
  await world.advance(40_000);
  await host.receive({ type: 'renew', leases: held });
  expect(host.link.take('renewed').ended).toEqual(ids(held));
});

test('[EN12] a wish above the quota is filled as soon as a cancel makes room, without asking again', async () => {
  const world = await World.open({ limits: { quotaPerHost: 2 } });
  const first = await world.job();
  const second = await world.job({ key: 'second-job' });
  const a = await world.host(1);
  const held = await a.get(4);
  expect(held.map(({ job }) => job)).toEqual([first, first]);
  await world.coordinator.cancelJob(first, 'ada');
  await world.quiet();
  a.link.takeAll('revoke');
  expect(a.leases().map(({ job }) => job)).toEqual([second, second]);
});
