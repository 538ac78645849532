import { digestOf, hostId, quorumOf } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { type Held, indexes, okResult, refOf, type Volunteer, World } from '../../test/engine-world.ts';

const CONFIDENCE = { kind: 'confidence', wrongIn: 1_000, agree: { kind: 'exact' } } as const;
const right = ({ index }: { index: number }) => `answer ${index}`;

async function open(units: number, verify: World['verify'] = CONFIDENCE) {
  const world = await World.open({ verify, limits: { firstQuota: 8, quotaPerHost: 64 } });
  world.judge.truth = (seed) => ({ kind: 'computed', digest: digestOf(right({ index: Number(seed.split('/')[1]) })) });
  const job = await world.job({ inputs: { kind: 'index', count: units } });
  return { world, job };
}

/** The referee computes nothing before it is told to. */
function holdReferee({ judge }: World): () => void {
  const { truth } = judge;
  const { promise, resolve } = Promise.withResolvers<void>();
  judge.truth = async (seed) => {
    await promise;
    return truth(seed);
  };
  return resolve;
}

/** What it is given for its wish; everything else it is told goes by. */
async function take(host: Volunteer, replicas: number): Promise<Held[]> {
  await host.ask(replicas);
  const held: Held[] = [];
  for (let type = host.link.unread[0]; type !== undefined; type = host.link.unread[0]) {
    if (type === 'assign') held.push(...host.leases());
    else host.link.takeAll(type);
  }
  return held;
}

/** Wishes for nothing more, so that nothing comes until it is asked again. */
async function answer(host: Volunteer, leases: readonly Held[], output: (lease: Held) => string): Promise<void> {
  await host.ask(0);
  const results = leases.map((lease) => okResult(refOf(lease), output(lease)));
  await host.receive({ type: 'submit', results });
}

/** Answers whatever it is given until nothing comes any more; how much that was. */
async function exhaust(host: Volunteer, output: (lease: Held) => string, most = 200): Promise<number> {
  let answers = 0;
  for (let leases = await take(host, 8); leases.length > 0 && answers < most; leases = await take(host, 8)) {
    await answer(host, leases, output);
    answers += leases.length;
  }
  await host.ask(0);
  return answers;
}

/** Has passed what it takes; whatever it is given it answers rightly. */
async function establish(world: World, n: number): Promise<Volunteer> {
  const host = await world.host(n);
  for (let round = 0; round < 8 && !isEstablished(world, n); round++) {
    await answer(host, await take(host, 1), right);
    await world.quiet();
  }
  expect(isEstablished(world, n)).toBe(true);
  return host;
}

const standingOf = (world: World, n: number) => [...world.store.tables.standings.values()].find(({ host }) => host === hostId(n));
const isEstablished = (world: World, n: number): boolean => (standingOf(world, n)?.passed ?? 0) >= 3;

test('[VF70] a brazen liar sends no more than its quota before anything is judged, however small the units', async () => {
  const { world } = await open(500);
  const release = holdReferee(world);
  const honest = await world.host(1);
  await take(honest, 3);
  const liar = await world.host(2);
  expect(await exhaust(liar, () => 'a lie')).toBe(8);
  release();
  await world.quiet();
  expect(standingOf(world, 2)).toMatchObject({ quota: 1, setbacks: 1 });
  expect(await exhaust(liar, () => 'a lie')).toBe(0);
  expect(world.violations()).toEqual([]);
});

test('[VF70] what is judged makes room at once, and an honest newcomer is established on it', async () => {
  const { world, job } = await open(60);
  const release = holdReferee(world);
  const host = await world.host(1);
  expect(await exhaust(host, right)).toBe(8);
  release();
  await world.quiet();
  expect(isEstablished(world, 1)).toBe(true);
  expect(await exhaust(host, right)).toBe(52);
  await world.advance(200_000);
  expect(world.jobRow(job)).toMatchObject({ state: 'done', counts: { final: 60 } });
});

test('[VF70] newcomers among themselves, whose quota is used up, are judged by the referee while another computes for hours', async () => {
  const { world } = await open(400);
  // The first units that are refereed are all a liar's.
  await exhaust(await world.host(9), () => 'a lie');
  const slow = await world.host(8);
  await take(slow, 1);
  const hosts = await Promise.all([1, 2, 3].map((n) => world.host(n)));
  for (let round = 0; round < 60 && !hosts.some((_, n) => isEstablished(world, n + 1)); round++) {
    for (const host of hosts) await exhaust(host, right);
    await slow.receive({ type: 'renew', leases: [] });
    await world.advance(2_000);
  }
  expect(hosts.some((_, n) => isEstablished(world, n + 1))).toBe(true);
  expect(world.violations()).toEqual([]);
});

test('[VF70] under a quorum it may still answer what others have begun, so that a slow partner stops nobody', async () => {
  const { world, job } = await open(40, quorumOf(2));
  const [first, second, slow] = await Promise.all(
    [1, 2, 3].map((n) => world.host(n)) as [Promise<Volunteer>, Promise<Volunteer>, Promise<Volunteer>],
  );
  const begun = await take(first, 8);
  await take(slow, 8);
  await answer(first, begun, right);
  expect(await take(first, 8)).toEqual([]);
  const fresh = await take(second, 8);
  const sorted = (leases: readonly Held[]) => indexes(leases).sort((a, b) => a - b);
  expect(sorted([...begun, ...fresh])).toEqual([...new Set(sorted([...begun, ...fresh]))]);
  expect(sorted(fresh)).toHaveLength(8);
  expect(sorted(await take(first, 8))).toEqual(sorted(fresh));
  expect(world.jobRow(job).counts.issued).toBe(32);
});

test('[VF71] leaving costs nothing: what a host gives back within its allowance is as if it had never had it', async () => {
  const { world } = await open(500);
  const host = await establish(world, 1);
  const { quota } = standingOf(world, 1) as { quota: number };
  const leases = await take(host, 8);
  await host.receive({ type: 'release', leases: leases.map(refOf) });
  expect(standingOf(world, 1)?.quota).toBe(quota);
  expect(await take(host, quota)).toHaveLength(quota);
});

test('[VF71] beyond it each lease given back halves the quota, counts as held until it would have ended, and suspends nobody', async () => {
  const { world } = await open(5_000);
  const host = await establish(world, 1);
  let given = 0;
  for (let leases = await take(host, 1); leases.length > 0 && given < 500; leases = await take(host, 1)) {
    given += leases.length;
    await host.receive({ type: 'release', leases: leases.map(refOf) });
  }
  expect(given).toBeLessThan(16);
  expect(standingOf(world, 1)).toMatchObject({ setbacks: 0, suspendedUntil: 0 });
  await world.advance(58_000);
  expect(await take(host, 1)).toEqual([]);
  await world.advance(4_000);
  expect((await take(host, 1)).length).toBeGreaterThan(0);
});

test('[VF71] a lease that its host does not know of after a reconnection costs nothing: it has it again', async () => {
  const { world } = await open(500);
  const host = await establish(world, 1);
  const leases = await take(host, 12);
  host.session.close();
  await world.quiet();
  const { quota } = standingOf(world, 1) as { quota: number };
  const back = await world.host(1);
  const again = back.leases();
  expect(indexes(again).toSorted()).toEqual(indexes(leases).toSorted());
  expect(standingOf(world, 1)?.quota).toBe(quota);
  await back.receive({ type: 'release', leases: again.map(refOf) });
  expect((standingOf(world, 1) as { quota: number }).quota).toBeLessThan(quota);
});

test('[VF72] an audit that a host gives back is made again, counts for nobody, and is not offered to it again', async () => {
  const { world, job } = await open(300);
  const old = await establish(world, 1);
  const auditor = await establish(world, 2);
  const isAudit = ({ index }: Held) => world.unit(job, index)?.state.kind === 'provisional';
  let audit: Held | undefined;
  for (let round = 0; round < 200 && audit === undefined; round++) {
    await answer(old, await take(old, 4), right);
    audit = (await take(auditor, 1)).find(isAudit);
  }
  const { index } = audit as Held;
  const before = standingOf(world, 1)?.passed;
  await auditor.receive({ type: 'release', leases: [refOf(audit as Held)] });
  expect(standingOf(world, 1)?.passed).toBe(before);
  expect(world.unit(job, index)).toMatchObject({ state: { kind: 'provisional' } });
  expect(world.unit(job, index)?.replicas.at(-1)?.kind).toBe('ready');
  expect(indexes(await take(auditor, 8))).not.toContain(index);
  const other = await establish(world, 3);
  expect(indexes(await take(other, 64))).toContain(index);
});

test('[VF73] machines of one account have a quota each, and never two replicas of a unit', async () => {
  const { world } = await open(500);
  const machines = await Promise.all([1, 2].map((n) => world.host(n, { account: 1 })));
  const [mine, yours] = [await exhaust(machines[0] as Volunteer, right, 8), await take(machines[1] as Volunteer, 8)];
  expect(mine).toBeGreaterThan(0);
  expect(yours.length).toBeGreaterThan(0);
  expect(world.violations()).toEqual([]);
});
