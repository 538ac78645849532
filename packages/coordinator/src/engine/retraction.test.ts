import { digestOf } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { assigned } from '../../test/assigned.ts';
import { type Held, okResult, type Volunteer, World } from '../../test/engine-world.ts';
import type { ReadStore } from '../ports/read-store.ts';
import { createMemoryStore } from '../store/memory/create-memory-store.ts';
import type { MemoryStore } from '../store/memory/memory-store.ts';

const CONFIDENCE = { kind: 'confidence', wrongIn: 1_000, agree: { kind: 'exact' } } as const;
const right = ({ index }: { index: number }) => `answer ${index}`;

async function open(units: number) {
  const store = createMemoryStore() as MemoryStore & ReadStore;
  const world = await World.open({ store, verify: CONFIDENCE, limits: { firstQuota: 8, quotaPerHost: 4 } });
  world.judge.truth = tell;
  return { world, store, job: await world.job({ inputs: { kind: 'index', count: units } }) };
}
const tell = (seed: string) => ({ kind: 'computed', digest: digestOf(right({ index: Number(seed.split('/')[1]) })) }) as const;

const submit = (host: Volunteer, { lease, job, index }: Held, output: string) =>
  host.receive({ type: 'submit', results: [okResult({ lease, job, index }, output)] });

/** All work on what they are given until nothing comes any more. */
async function work(world: World, hosts: readonly Volunteer[], answer: (host: number, lease: Held) => string = (_, lease) => right(lease)) {
  for (let idle = 0; idle < 3; ) {
    let done = 0;
    for (const [n, host] of hosts.entries()) {
      await host.ask(4);
      const leases = assigned(host);
      for (const lease of leases) await submit(host, lease, answer(n, lease));
      done += leases.length;
    }
    idle = done === 0 ? idle + 1 : 0;
    await world.advance(2_000);
  }
}

/** A job that is done; hosts 1 and 2 told one lie about a unit that host 3 had in its hands, and knows better. */
async function deceived() {
  const { world, store, job } = await open(60);
  const [one, two, three] = [await world.host(1), await world.host(2), await world.host(3)];
  // Until everybody's word counts.
  for (let round = 0; round < 6; round++)
    for (const host of [one, two, three]) {
      await host.ask(4);
      for (const lease of assigned(host)) await submit(host, lease, right(lease));
      await world.advance(2_000);
    }
  await three.ask(1);
  const [kept] = assigned(three) as [Held];
  await three.receive({ type: 'request-work', replicas: 0 });
  await world.advance(70_000);
  assigned(three);
  await work(world, [one, two], (_, lease) => (lease.index === kept.index ? 'a lie' : right(lease)));
  await world.advance(30_000);
  await work(world, [one, two], (_, lease) => (lease.index === kept.index ? 'a lie' : right(lease)));
  expect(world.jobRow(job).state).toBe('done');
  expect(world.unit(job, kept.index)?.state).toMatchObject({ kind: 'final', digest: digestOf('a lie') });
  return { world, store, job, three, kept };
}

test('[VF84] [VF80] [VF86] a late answer that differs has a finished job opened again, and its author told', async () => {
  const { world, store, job, three, kept } = await deceived();
  const known = await store.results(job, 0, 999);
  expect(known).toHaveLength(60);
  await submit(three, kept, right(kept));
  expect(three.link.take('recorded').results).toMatchObject([{ outcome: 'late' }]);
  await world.advance(2_000);
  // Its answer came too late to be anybody's, so it is computed again.
  expect(world.unit(job, kept.index)?.retractions).toMatchObject([{ reason: 'refuted', digest: digestOf('a lie') }]);
  expect(world.jobRow(job)).toMatchObject({ state: 'closed', endedAt: null, counts: { retracted: expect.any(Number) } });
  await work(world, [await world.host(4), await world.host(5), three]);
  expect(world.jobRow(job)).toMatchObject({ state: 'done', counts: { final: 60 } });
  const rows = await store.results(job, Number(known.at(-1)?.cursor), 999);
  expect(rows).toContainEqual(
    expect.objectContaining({ index: kept.index, output: right(kept), corrects: expect.objectContaining({ digest: digestOf('a lie') }) }),
  );
  expect([...world.store.tables.standings.values()].filter(({ convictions }) => convictions > 0)).toHaveLength(2);
  expect(world.violations()).toEqual([]);
  expect(world.broken).toEqual([]);
});

test('[VF81] what is final on the word of those alone whom it convicts is taken back with it', async () => {
  const { world, job, three, kept } = await deceived();
  const restsOnLiars = [...world.store.tables.units.values()].filter(
    ({ state, replicas }) =>
      state.kind === 'final' &&
      state.grounds?.kind === 'odds' &&
      replicas.every((replica) => replica.kind !== 'judged' || !replica.valid || /[12]$/.test(replica.host)),
  );
  expect(restsOnLiars.length).toBeGreaterThan(1);
  await submit(three, kept, right(kept));
  await world.advance(2_000);
  await work(world, [three, await world.host(4), await world.host(5)]);
  for (const { index } of restsOnLiars) expect(world.unit(job, index)?.retractions).toHaveLength(1);
  expect(world.jobRow(job)).toMatchObject({ state: 'done', counts: { final: 60, retracted: restsOnLiars.length } });
  expect(world.violations()).toEqual([]);
});

test('[VF62] a crash before a job that is done was looked through for what rests on convicted hosts: the next start does it', async () => {
  const { world, store, job, three, kept } = await deceived();
  // It never gets as far.
  store.finalUnits = () => new Promise(() => {});
  await submit(three, kept, right(kept));
  await world.advance(2_000);
  await work(world, [three, await world.host(4), await world.host(5)]);
  expect(world.jobRow(job)).toMatchObject({ state: 'done', isUnswept: true, counts: { retracted: 1 } });
  Reflect.deleteProperty(store, 'finalUnits');
  const again = await World.reopen(world);
  again.judge.truth = tell;
  await again.advance(2_000);
  expect(again.jobRow(job).counts.retracted).toBeGreaterThan(1);
  await work(again, [await again.host(3), await again.host(4), await again.host(5)]);
  await again.advance(30_000);
  expect(again.jobRow(job)).toMatchObject({ state: 'done', counts: { final: 60 } });
  expect(again.jobRow(job).isUnswept).toBeUndefined();
  expect(await store.activeJobs()).toEqual([]);
  expect(again.violations()).toEqual([]);
});

test('[VF87] what the referee was asked about a unit of a finished job is asked again after a restart', async () => {
  const { world, job, three, kept } = await deceived();
  world.judge.truth = () => new Promise(() => {});
  await submit(three, kept, right(kept));
  await world.advance(2_000);
  expect(world.unit(job, kept.index)?.truth).toBeNull();
  const again = await World.reopen(world);
  again.judge.truth = tell;
  await again.advance(2_000);
  expect(again.unit(job, kept.index)?.retractions).toHaveLength(1);
  expect(again.jobRow(job).state).toBe('closed');
  await work(again, [await again.host(3), await again.host(4), await again.host(5)]);
  await again.advance(30_000);
  expect(again.jobRow(job)).toMatchObject({ state: 'done', counts: { final: 60 } });
  expect(again.violations()).toEqual([]);
});
