import { hostId, quorumOf } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { indexes, refOf, World } from '../../test/engine-world.ts';

test('[EN20] [EN10] an expired lease is for others within one sweep, and its holder is told', async () => {
  const world = await World.open();
  const job = await world.job({ inputs: { kind: 'index', count: 1 }, leaseMs: 10_000 });
  const [slow, quick] = [await world.host(1), await world.host(2)];
  const held = await slow.get(1);
  await quick.ask(1);
  quick.link.take('no-work');
  await world.advance(9_999);
  expect(quick.link.unread).toEqual([]);
  await world.advance(world.limits.sweepMs);
  expect(indexes(quick.leases())).toEqual([0]);
  expect(slow.link.take('revoke')).toEqual({ type: 'revoke', reason: 'expired', leases: held.map(refOf) });
  expect(world.jobRow(job).counts).toMatchObject({ issued: 2, expired: 1 });
});

test('[EN20] a late result is acknowledged as late and decides nothing', async () => {
  const world = await World.open();
  const job = await world.job({ inputs: { kind: 'index', count: 1 }, leaseMs: 10_000 });
  const host = await world.host(1);
  const held = await host.get(1);
  await world.advance(20_000);
  host.link.take('revoke');
  expect(await host.submit(held)).toEqual(['late']);
  expect(await host.submit(held)).toEqual(['late']);
  expect(world.unit(job, 0)?.state.kind).toBe('open');
  expect(world.store.tables.results.size).toBe(1);
  expect(world.violations()).toEqual([]);
});

test('[EN20] a sweep takes all that expired, page by page', async () => {
  const world = await World.open({ limits: { pageUnits: 3 } });
  const job = await world.job({ leaseMs: 10_000 });
  const host = await world.host(1);
  await host.get(10);
  host.session.close();
  await world.advance(12_000);
  expect(world.jobRow(job).counts).toMatchObject({ expired: 10, idle: 10, running: 0 });
});

test('[EN21] when the clock jumps, leases are extended before any is ended', async () => {
  const world = await World.open();
  const job = await world.job({ leaseMs: 10_000 });
  const host = await world.host(1);
  const held = await host.get(3);
  await world.advance(5_000);
  world.clock.jump(3_600_000);
  await world.advance(world.limits.sweepMs);
  expect(world.jobRow(job).counts.expired).toBe(0);
  expect(host.link.unread).toEqual([]);
  expect(await host.submit(held.slice(0, 1))).toEqual(['recorded']);
  await host.receive({ type: 'renew', leases: held.slice(1, 2).map(refOf) });
  expect(host.link.take('renewed').leases).toHaveLength(1);
  // The third was not renewed: it ends as if nothing had happened.
  await world.advance(8_000);
  expect(world.jobRow(job).counts.expired).toBe(1);
});

test('[EN21] who is given a lease after a jump, and before it was noticed, has no more than a lease', async () => {
  const world = await World.open();
  const { sweepMs } = world.limits;
  const job = await world.job({ leaseMs: 60_000 });
  await (await world.host(1)).get(1);
  await world.advance(30_000);
  world.clock.jump(3_600_000);
  const late = await world.host(2);
  const held = await late.get(1);
  await world.advance(sweepMs);
  await late.receive({ type: 'renew', leases: held.map(refOf) });
  expect(late.link.take('renewed').leases[0]?.leaseMs).toBeLessThanOrEqual(60_000);
  await world.advance(30_000 + 2 * sweepMs);
  expect(world.jobRow(job).counts.expired).toBe(1);
  await world.advance(30_000);
  expect(world.jobRow(job).counts.expired).toBe(2);
});

test('[EN21] after a jump what is at hand has the new deadlines', async () => {
  const world = await World.open({ verify: quorumOf(2) });
  const job = await world.job({ leaseMs: 100_000 });
  const [a, b] = [await world.host(1), await world.host(2)];
  const held = await a.get(2);
  await world.advance(10_000);
  world.clock.jump(3_600_000);
  await world.advance(world.limits.sweepMs);
  let conflicts = 0;
  const commit = world.store.commit.bind(world.store);
  world.store.commit = async (changes) => {
    const outcome = await commit(changes);
    if (outcome.kind === 'conflict') conflicts++;
    return outcome;
  };
  await a.receive({ type: 'renew', leases: held.map(refOf) });
  expect(a.link.take('renewed').leases.map(({ leaseMs }) => leaseMs)).toEqual([90_000, 90_000]);
  expect(indexes(await b.get(2)).sort()).toEqual([0, 1]);
  await a.submit(held);
  expect(conflicts).toBe(0);
  expect(world.unit(job, 0)?.replicas[1]).toMatchObject({ kind: 'leased', host: hostId(2) });
});

test('[EN21] a jump that happens while a sweep waits for its commit ends nothing either', async () => {
  const world = await World.open();
  const job = await world.job({ leaseMs: 10_000 });
  const host = await world.host(1);
  await host.get(1);
  await world.advance(9_000);
  const expiredUnits = world.store.expiredUnits.bind(world.store);
  world.store.expiredUnits = async (now, limit) => {
    world.store.expiredUnits = expiredUnits;
    await new Promise((resolve) => setImmediate(resolve));
    world.clock.jump(3_600_000);
    return expiredUnits(now + 3_600_000, limit);
  };
  await world.advance(world.limits.sweepMs / 2);
  expect(world.jobRow(job).counts.expired).toBe(0);
});

test('[EN21] a clock that steps back brings nothing back', async () => {
  const world = await World.open();
  const job = await world.job({ leaseMs: 10_000, inputs: { kind: 'index', count: 1 } });
  const host = await world.host(1);
  const held = await host.get(1);
  await world.advance(20_000);
  host.link.take('revoke');
  world.clock.jump(-19_000);
  await world.advance(world.limits.sweepMs);
  expect(await host.submit(held)).toEqual(['late']);
  expect(world.unit(job, 0)?.replicas[0]).toMatchObject({ kind: 'lost', cause: 'expired' });
});

test('[EN22] [EN4] a restart extends live leases by the downtime, and nothing known is computed again', async () => {
  const before = await World.open();
  const job = await before.job({ leaseMs: 10_000 });
  const first = await before.host(1);
  const held = await first.get(3);
  await before.advance(6_000);
  before.clock.jump(86_400_000);
  const world = await World.reopen(before);
  await world.advance(3_000);
  expect(world.jobRow(job).counts.expired).toBe(0);
  const back = await world.host(1, { holds: held.map(refOf) });
  expect(await back.submit(held)).toEqual(['recorded', 'recorded', 'recorded']);
  expect(indexes(await back.get(9)).sort()).toEqual([3, 4, 5, 6, 7, 8, 9]);
  expect(world.violations()).toEqual([]);
});

test.each(['stops', 'dies'])(
  '[EN22] a coordinator that %s after a sleep, before it noticed that it slept, counts the sleep as downtime',
  async (how) => {
    const before = await World.open({ limits: { keepAliveMs: 1 } });
    const job = await before.job({ leaseMs: 10_000 });
    const held = await (await before.host(1)).get(3);
    await before.advance(6_000);
    before.clock.jump(86_400_000);
    before.clock.advance(1);
    await before.quiet();
    if (how === 'stops') await before.coordinator.stop();
    const world = await World.reopen(before);
    await world.advance(3_000);
    expect(world.jobRow(job).counts.expired).toBe(0);
    const back = await world.host(1, { holds: held.map(refOf) });
    expect(await back.submit(held)).toEqual(['recorded', 'recorded', 'recorded']);
  },
);

test('[EN22] a crash between commit and answer leaves a repeat that gets the answer', async () => {
  const before = await World.open({ verify: quorumOf(1) });
  const job = await before.job();
  const first = await before.host(1);
  const held = await first.get(2);
  await first.submit(held);
  const world = await World.reopen(before);
  const back = await world.connect(1);
  await back.receive({ type: 'reconcile', leases: [], more: false });
  back.link.take('reconciled');
  expect(await back.submit(held)).toEqual(['recorded', 'recorded']);
  expect(world.jobRow(job).counts).toMatchObject({ results: 2, final: 2 });
});
