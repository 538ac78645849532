import { accountId, digestOf, hostId } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { assigned } from '../../test/assigned.ts';
import { type Held, okResult, type Volunteer, World } from '../../test/engine-world.ts';
import type { Standing } from '../domain/standing.ts';
import type { WorkUnit } from '../domain/work-unit.ts';

const CONFIDENCE = { kind: 'confidence', wrongIn: 1_000, agree: { kind: 'exact' } } as const;
const right = ({ index }: { index: number }) => `answer ${index}`;

async function open(units: number) {
  const world = await World.open({ verify: CONFIDENCE, limits: { firstQuota: 8, quotaPerHost: 4 } });
  world.judge.truth = (seed) => ({ kind: 'computed', digest: digestOf(right({ index: Number(seed.split('/')[1]) })) });
  const job = await world.job({ inputs: { kind: 'index', count: units } });
  return { world, job };
}

/** All work on what they are given until nothing comes any more. */
async function work(world: World, hosts: readonly Volunteer[], answer: (host: number, lease: Held) => string = (_, lease) => right(lease)) {
  for (let idle = 0; idle < 3; ) {
    let done = 0;
    for (const [n, host] of hosts.entries()) {
      await host.ask(4);
      const leases = assigned(host);
      const results = leases.map((lease) => okResult({ lease: lease.lease, job: lease.job, index: lease.index }, answer(n, lease)));
      if (results.length > 0) await host.receive({ type: 'submit', results });
      done += leases.length;
    }
    idle = done === 0 ? idle + 1 : 0;
    await world.advance(2_000);
  }
}

test('[VF1] with honest hosts a job ends with few more results than units, and all of its books are in order', async () => {
  const { world, job } = await open(200);
  const hosts = [await world.host(1), await world.host(2), await world.host(3)];
  await work(world, hosts);
  const { state, counts } = world.jobRow(job);
  expect(state).toBe('done');
  expect(counts).toMatchObject({ final: 200, provisional: 0, failed: 0 });
  expect(world.violations()).toEqual([]);
});

const finalAnswers = (world: World): (string | null)[] =>
  [...world.store.tables.units.values()].map(({ state, index }) =>
    state.kind === 'final' && state.digest === digestOf(right({ index })) ? null : `${index}`,
  );

test('[VF2] a host that lies once it is trusted is convicted on ground truth, and none of its lies is final', async () => {
  const { world, job } = await open(300);
  const hosts = await Promise.all([1, 2, 3, 4].map((n) => world.host(n)));
  let given = 0;
  await work(world, hosts, (host, lease) => (host === 0 && ++given > 10 ? 'a lie' : right(lease)));
  expect(world.jobRow(job).state).toBe('done');
  expect(finalAnswers(world).filter((wrong) => wrong !== null)).toEqual([]);
  const [standing] = [...world.store.tables.standings.values()].filter(({ convictions }) => convictions > 0);
  expect(standing).toMatchObject({ account: accountId(1), passed: 0 });
  expect(world.violations()).toEqual([]);
});

test('[VF27] a host convicted in one job is a newcomer in every job of the task, and what rests on its word there is asked again', async () => {
  const { world, job } = await open(300);
  const other = await world.job({ key: 'other', inputs: { kind: 'index', count: 300 } });
  const hosts = [await world.host(1), await world.host(2), await world.host(3)];
  const restsOnOne = () =>
    [...world.store.tables.units.values()].filter(
      ({ job: of, state, replicas }) =>
        of === other &&
        state.kind === 'provisional' &&
        replicas.every((replica) => replica.kind !== 'judged' || !replica.valid || replica.host === hostId(1)),
    );
  const convicted = () => [...world.store.tables.standings.values()].some(({ host, convictions }) => host === hostId(1) && convictions > 0);
  let before = 0;
  for (let round = 0; round < 80 && !convicted(); round++) {
    before = restsOnOne().length;
    for (const [n, host] of hosts.entries()) {
      await host.ask(4);
      for (const lease of assigned(host)) {
        const isLie = n === 0 && round > 12 && lease.job === job;
        await host.receive({
          type: 'submit',
          results: [okResult({ lease: lease.lease, job: lease.job, index: lease.index }, isLie ? 'a lie' : right(lease))],
        });
      }
    }
  }
  await world.quiet();
  expect(convicted()).toBe(true);
  expect(before).toBeGreaterThan(0);
  expect(restsOnOne()).toEqual([]);
  expect(world.violations()).toEqual([]);
});

test('[VF3] one volunteer alone is enough: what nobody else can check, the referee computes', async () => {
  const { world, job } = await open(30);
  const host = await world.host(1);
  for (let round = 0; round < 40 && world.jobRow(job).state !== 'done'; round++) {
    await work(world, [host]);
    await world.advance(20_000);
  }
  expect(world.jobRow(job)).toMatchObject({ state: 'done', counts: { final: 30 } });
  expect(world.jobRow(job).counts.refereed).toBeLessThan(25);
  expect(world.violations()).toEqual([]);
});

test('[VF4] a restart in the middle loses nothing of what is known of hosts, and ends in the same answers', async () => {
  const { world, job } = await open(120);
  const before = [await world.host(1), await world.host(2), await world.host(3)];
  for (const host of before) await host.ask(4);
  for (let round = 0; round < 4; round++)
    for (const host of before) {
      const results = assigned(host).map((lease) => okResult({ lease: lease.lease, job: lease.job, index: lease.index }, right(lease)));
      await host.receive({ type: 'submit', results });
      await host.ask(4);
    }
  const again = await World.reopen(world);
  again.judge.truth = world.judge.truth;
  await work(again, [await again.host(1), await again.host(2), await again.host(3)]);
  expect(again.jobRow(job)).toMatchObject({ state: 'done', counts: { final: 120 } });
  expect(again.jobRow(job).counts.results).toBeLessThan(165);
  expect(again.violations()).toEqual([]);
});

test('[VF5] a newcomer is checked on units whose answer is known, on leases like any other', async () => {
  const { world, job } = await open(100);
  const old = [await world.host(1), await world.host(2)];
  for (let round = 0; round < 8; round++)
    for (const host of old) {
      await host.ask(4);
      const results = assigned(host).map((lease) => okResult({ lease: lease.lease, job: lease.job, index: lease.index }, right(lease)));
      await host.receive({ type: 'submit', results });
    }
  await world.advance(2_000);
  const newcomer = await world.host(3);
  await newcomer.ask(4);
  const leases = assigned(newcomer);
  expect(leases.length).toBeLessThanOrEqual(3);
  for (const { index } of leases) expect(world.unit(job, index)?.state.kind).toBe('final');
  // I31: a canary is a live lease like any other after a reconnection.
  const back = await world.connect(3);
  await back.receive({ type: 'reconcile', leases: leases.map(({ lease, job, index }) => ({ lease, job, index })), more: false });
  expect(back.link.take('reconciled').drop).toEqual([]);
  expect(back.link.unread).not.toContain('revoke');
});

test('[VF60] answers that agree without being equal are believed together, and the referee finds the one that is wrong', async () => {
  const verify = { kind: 'confidence', wrongIn: 1_000, agree: { kind: 'author' } } as const;
  const world = await World.open({ verify, limits: { firstQuota: 8, quotaPerHost: 4 } });
  const numberIn = (payload: unknown) => Number(String(payload).split(' ')[1]);
  world.judge.agree = (a, b) => Math.abs(numberIn(a) - numberIn(b)) <= 0.5;
  world.judge.truth = (seed) => {
    const output = `answer ${Number(seed.split('/')[1])}.05`;
    return { kind: 'computed', digest: digestOf(output), output };
  };
  const job = await world.job({ inputs: { kind: 'index', count: 120 } });
  const hosts = await Promise.all([1, 2, 3, 4].map((n) => world.host(n)));
  let given = 0;
  await work(world, hosts, (host, { index }) => `answer ${host === 0 && ++given > 10 ? index + 9 : index + host / 100}`);
  expect(world.jobRow(job)).toMatchObject({ state: 'done', counts: { final: 120 } });
  for (const unit of world.store.tables.units.values()) {
    const canonical = unit.replicas.find(
      (replica) => unit.state.kind === 'final' && 'digest' in replica && replica.digest === unit.state.digest,
    );
    const result = await world.store.loadResult({ job, index: unit.index }, canonical?.no ?? -1);
    expect(Math.abs(numberIn(result?.output) - unit.index)).toBeLessThan(0.5);
  }
  expect([...world.store.tables.standings.values()].filter(({ convictions }) => convictions > 0).map(({ account }) => account)).toEqual([
    accountId(1),
  ]);
  expect(world.violations()).toEqual([]);
});

test('[VF61] what the referee was asked about a final unit is asked again after a restart', async () => {
  const { world, job } = await open(40);
  const host = await world.host(1);
  await host.ask(1);
  const [lease] = assigned(host) as [Held];
  await host.receive({ type: 'submit', results: [okResult({ lease: lease.lease, job, index: lease.index }, right(lease))] });
  const unit = world.unit(job, lease.index) as WorkUnit;
  expect(unit.state.kind).toBe('final');
  await world.store.commit({ units: [{ ...unit, revision: unit.revision + 1, truth: null }] });
  const again = await World.reopen(world);
  await again.quiet();
  expect(again.judge.refereed).toEqual([`${job}/${lease.index}`]);
  expect(typeof again.unit(job, lease.index)?.truth).toBe('string');
});

test('[VF62] a crash between a conviction and what follows from it leaves nothing on the word of the convicted', async () => {
  const { world } = await open(60);
  const hosts = [await world.host(1), await world.host(2)];
  for (let round = 0; round < 5; round++)
    for (const host of hosts) {
      await host.ask(4);
      const results = assigned(host).map((lease) => okResult({ lease: lease.lease, job: lease.job, index: lease.index }, right(lease)));
      await host.receive({ type: 'submit', results });
    }
  const restsOnOne = (of: World) =>
    [...of.store.tables.units.values()].filter(
      ({ state, replicas }) =>
        state.kind === 'provisional' &&
        replicas.some((replica) => replica.kind === 'judged' && replica.valid && replica.host === hostId(1)),
    ).length;
  expect(restsOnOne(world)).toBeGreaterThan(2);
  const [standing] = [...world.store.tables.standings.values()].filter(({ host }) => host === hostId(1)) as [Standing];
  await world.store.commit({ standings: [{ ...standing, passed: 0, convictions: 1 }] });
  const again = await World.reopen(world);
  await again.quiet();
  expect(restsOnOne(again)).toBe(0);
});

test('[VF63] answers of newcomers count as soon as their hosts are established, whoever else is there', async () => {
  const { world, job } = await open(40);
  // Everybody answers everything before the referee has said a word.
  const truth = world.judge.truth;
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  world.judge.truth = async (seed) => {
    await held;
    return truth(seed);
  };
  const hosts = await Promise.all([1, 2, 3].map((n) => world.host(n)));
  await work(world, hosts);
  release();
  await world.advance(2_000);
  await work(world, hosts);
  expect(world.jobRow(job)).toMatchObject({ state: 'done', counts: { final: 40 } });
  expect(world.violations()).toEqual([]);
});

test('[VF64] what every account here has answered, and nobody can decide, the referee computes in the end', async () => {
  const { world, job } = await open(30);
  const hosts = await Promise.all([1, 2].map((n) => world.host(n)));
  await work(world, hosts, (host, lease) => (host === 0 ? 'a lie' : right(lease)));
  for (let round = 0; round < 30 && world.jobRow(job).state !== 'done'; round++) {
    await world.advance(20_000);
    await work(world, hosts, (host, lease) => (host === 0 ? 'a lie' : right(lease)));
  }
  expect(world.jobRow(job)).toMatchObject({ state: 'done', counts: { final: 30 } });
  expect(finalAnswers(world).filter((wrong) => wrong !== null)).toEqual([]);
  expect(world.violations()).toEqual([]);
});
