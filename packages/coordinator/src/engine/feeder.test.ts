import { quorumOf } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { indexes, World } from '../../test/engine-world.ts';

test('[EN3] nothing is assigned before the host has reconciled', async () => {
  const world = await World.open();
  await world.job();
  const early = await world.connect(1);
  await early.ask(3);
  expect(early.link.unread).toEqual([]);
  await early.receive({ type: 'reconcile', leases: [], more: true });
  expect(early.link.unread).toEqual([]);
  await early.receive({ type: 'reconcile', leases: [], more: false });
  early.link.take('reconciled');
  expect(indexes(early.leases())).toEqual([0, 1, 2]);
});

test('[EN12] a wish shrinks with every lease and is filled when work appears', async () => {
  const world = await World.open();
  const host = await world.host(1);
  await host.ask(5);
  host.link.take('no-work');
  const first = await world.job({ inputs: { kind: 'index', count: 2 } });
  await world.quiet();
  expect(host.leases()).toHaveLength(2);
  const second = await world.job({ inputs: { kind: 'index', count: 10 } });
  await world.quiet();
  expect(host.leases().map(({ job, index }) => [job, index])).toEqual([
    [second, 0],
    [second, 1],
    [second, 2],
  ]);
  expect(first).not.toBe(second);
  expect(host.link.unread).toEqual([]);
});

test('[EN12] a new wish replaces the one before', async () => {
  const world = await World.open();
  const host = await world.host(1);
  await host.ask(500);
  host.link.take('no-work');
  await host.ask(0);
  await world.job();
  await world.quiet();
  expect(host.link.unread).toEqual([]);
  expect(await host.get(2)).toHaveLength(2);
});

test('[EN12] a chunk that arrives is handed out at once', async () => {
  const world = await World.open();
  const job = await world.job({ inputs: { kind: 'stream' } });
  const host = await world.host(1);
  await host.ask(5);
  host.link.take('no-work');
  await world.coordinator.appendUnits({ job, author: 'ada', chunk: 0, lines: '"a"\n"b"', count: 2, digest: 'd' as never, close: false });
  await world.quiet();
  expect(host.leases().map(({ input }) => input)).toEqual(['"a"', '"b"']);
});

test('[EN13] fresh units go out in strict order of index, whoever asks', async () => {
  const world = await World.open();
  await world.job();
  const [a, b] = [await world.host(1), await world.host(2)];
  expect(indexes(await a.get(3))).toEqual([0, 1, 2]);
  expect(indexes(await b.get(2))).toEqual([3, 4]);
  expect(indexes(await a.get(9))).toEqual([5, 6, 7, 8, 9]);
});

test('[EN13] units with ready replicas go before fresh ones, to hosts that may have them', async () => {
  const world = await World.open({ verify: quorumOf(2) });
  await world.job();
  const [a, b] = [await world.host(1), await world.host(2)];
  expect(indexes(await a.get(2))).toEqual([0, 1]);
  expect(indexes(await b.get(3))).toEqual([0, 1, 2]);
  expect(indexes(await a.get(2))).toEqual([2, 3]);
});

test('[EN14] a job of higher priority is served first', async () => {
  const world = await World.open();
  const low = await world.job({ priority: -1 });
  const high = await world.job({ priority: 3, inputs: { kind: 'index', count: 2 } });
  const host = await world.host(1);
  expect((await host.get(3)).map(({ job }) => job)).toEqual([high, high, low]);
});

test('[EN14] jobs of equal priority share the leases evenly; a newcomer does not take all', async () => {
  const world = await World.open();
  const inputs = { kind: 'index', count: 1_000 } as const;
  const [one, two] = [await world.job({ inputs }), await world.job({ inputs })];
  const hosts = await Promise.all([1, 2, 3, 4].map((n) => world.host(n)));
  const given = new Map<string, number>();
  const round = async () => {
    for (const host of hosts) for (const { job } of await host.get(5)) given.set(job, (given.get(job) ?? 0) + 1);
  };
  await round();
  await round();
  expect([given.get(one), given.get(two)]).toEqual([20, 20]);
  const late = await world.job({ inputs });
  await round();
  await round();
  await round();
  expect(given.get(late)).toBeLessThanOrEqual(20);
  expect(given.get(late)).toBeGreaterThanOrEqual(15);
});

test('[EN15] frames hold leases of one job, within the limits of count and bytes', async () => {
  const world = await World.open({ limits: { leasesPerFrame: 4 } });
  const host = await world.host(1);
  await world.job();
  await host.ask(10);
  expect(host.link.takeAll('assign').map(({ leases }) => leases.length)).toEqual([4, 4, 2]);
  const job = await world.job({ inputs: { kind: 'stream' } });
  const line = JSON.stringify('x'.repeat(60_000));
  await world.coordinator.appendUnits({
    job,
    author: 'ada',
    chunk: 0,
    lines: [line, line, line].join('\n'),
    count: 3,
    digest: 'd' as never,
    close: true,
  });
  await host.ask(3);
  const frames = host.link.takeAll('assign');
  expect(frames.map(({ leases }) => leases.length)).toEqual([1, 1, 1]);
  for (const frame of frames) expect(JSON.stringify(frame).length).toBeLessThan(world.limits.frameBytes);
});

test('[EN16] a host never holds more than its quota, and is told when that is why', async () => {
  const world = await World.open({ limits: { quotaPerHost: 4 } });
  await world.job();
  const host = await world.host(1);
  expect(host.session.quota).toBe(4);
  const held = await host.get(9);
  expect(held).toHaveLength(4);
  await host.ask(9);
  expect(host.link.take('no-work')).toMatchObject({ reason: 'quota' });
  await host.submit(held.slice(0, 2));
  expect(host.leases()).toHaveLength(2);
});

test('[EN16] by default the quota follows the cores a host claims, between a floor and a ceiling', async () => {
  const world = await World.open({ limits: { quotaPerHost: null, quotaCeiling: 100 } });
  expect((await world.host(1, { cores: 3 })).session.quota).toBe(64);
  expect((await world.host(2, { cores: 40 })).session.quota).toBe(80);
  expect((await world.host(3, { cores: 4_000 })).session.quota).toBe(100);
});

test('[EN17] a host that reads too slowly is given nothing until it has caught up', async () => {
  const world = await World.open();
  await world.job();
  const host = await world.host(1);
  host.link.bufferedBytes = 2 ** 20 + 1;
  await host.ask(2);
  expect(host.link.unread).toEqual([]);
  host.link.bufferedBytes = 0;
  await world.advance(world.limits.sweepMs);
  expect(host.leases()).toHaveLength(2);
});

test('[EN18] who gets nothing is told why, once, and keeps the wish', async () => {
  const world = await World.open({ verify: quorumOf(2) });
  const host = await world.host(1);
  await host.ask(3);
  const none = host.link.take('no-work');
  expect(none.reason).toBe('no-jobs');
  expect(none.retryAfterMs).toBeGreaterThanOrEqual(world.limits.retryAfterMs / 2);
  expect(none.retryAfterMs).toBeLessThanOrEqual(world.limits.retryAfterMs * 1.5);
  await world.job({ inputs: { kind: 'index', count: 1 } });
  await world.quiet();
  expect(host.leases()).toHaveLength(1);
  await host.ask(2);
  expect(host.link.take('no-work').reason).toBe('not-eligible');
  await world.advance(60_000);
  expect(host.link.unread.filter((type) => type === 'no-work')).toEqual([]);
});

test('[EN19] beyond the bound ready units are paged in from the store', async () => {
  const world = await World.open({ verify: quorumOf(2), limits: { readyUnitsPerJob: 4, pageUnits: 3 } });
  await world.job({ inputs: { kind: 'index', count: 40 } });
  const [a, b] = [await world.host(1), await world.host(2)];
  expect(await a.get(40)).toHaveLength(40);
  const seen: number[] = [];
  await b.ask(40);
  for (let round = 0; round < 30; round++) {
    await world.advance(world.limits.sweepMs / 2);
    seen.push(...indexes(b.leases()));
  }
  expect(seen.toSorted((x, y) => x - y)).toEqual(Array.from({ length: 40 }, (_, i) => i));
});

test('[EN19] what stands first in a page is offered too, however little is kept at hand', async () => {
  const world = await World.open({ verify: quorumOf(5), limits: { readyUnitsPerJob: 1, pageUnits: 4 } });
  await world.job({ inputs: { kind: 'index', count: 2 } });
  for (const n of [1, 2, 3, 4, 5]) {
    const host = await world.host(n);
    await host.ask(2);
    const seen: number[] = [];
    for (let round = 0; round < 6; round++) {
      seen.push(...indexes(host.leases()));
      await world.advance(world.limits.sweepMs);
    }
    expect(seen.sort()).toEqual([0, 1]);
  }
});

test('[EN19] after a restart what was ready is found again', async () => {
  const before = await World.open({ verify: quorumOf(2) });
  await before.job();
  await (await before.host(1)).get(3);
  const world = await World.reopen(before);
  const host = await world.host(2);
  await host.ask(3);
  expect(indexes(host.leases()).toSorted()).toEqual([0, 1, 2]);
});

test('[EN19] fresh units cost nothing: a job of a billion is handed out like one of ten', async () => {
  const world = await World.open();
  const job = await world.job({ inputs: { kind: 'index', count: 1_000_000_000 } });
  const host = await world.host(1);
  expect(indexes(await host.get(3))).toEqual([0, 1, 2]);
  expect(world.store.tables.units.size).toBe(3);
  expect(world.jobRow(job)).toMatchObject({ unitCount: 1_000_000_000, nextFresh: 3, counts: { running: 3 } });
});
