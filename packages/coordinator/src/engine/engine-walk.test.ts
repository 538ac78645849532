/** Random walks of a whole engine with hosts that lie, vanish and come back, and a coordinator that dies: safety after every step, then liveness. */
import { quorumOf } from '@manyhands/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { World } from '../../test/engine-world.ts';
import { SimulatedHost } from '../../test/simulated-host.ts';
import { historyViolations } from '../domain/history-invariants.ts';
import type { Job } from '../domain/job.ts';
import { hasEnded, type WorkUnit } from '../domain/work-unit.ts';

const LEASE_MS = 20_000;
const QUOTA = 4;

class Walk {
  world: World;
  readonly hosts = Array.from({ length: 5 }, (_, i) => new SimulatedHost(i + 1));
  #before = new Map<string, WorkUnit>();

  constructor(world: World) {
    this.world = world;
  }

  static async begin(verify: Job['verify']): Promise<Walk> {
    const limits = { quotaPerHost: QUOTA, pageUnits: 3, readyUnitsPerJob: 4, cachedUnits: 5, batchCommands: 6, leasesPerFrame: 3 };
    const walk = new Walk(await World.open({ verify, limits }));
    walk.judgeByOutput();
    await walk.world.job({ inputs: { kind: 'index', count: 6 }, leaseMs: LEASE_MS });
    return walk;
  }

  judgeByOutput(): void {
    this.world.judge.answer = ({ output }) => ({ kind: output === 'right' ? 'valid' : 'invalid' });
  }

  host(n: number): SimulatedHost {
    return this.hosts[n % this.hosts.length] as SimulatedHost;
  }

  async crash(downMs: number): Promise<void> {
    for (const host of this.hosts) host.lose();
    this.world.clock.jump(downMs);
    this.world = await World.reopen(this.world);
    this.judgeByOutput();
    await this.world.quiet();
  }

  async check(): Promise<void> {
    await this.world.quiet();
    expect(this.world.broken).toEqual([]);
    expect(this.world.violations()).toEqual([]);
    for (const [id, unit] of this.world.store.tables.units) {
      const before = this.#before.get(id);
      if (before !== undefined) expect(historyViolations(before, unit)).toEqual([]);
    }
    this.#before = new Map(this.world.store.tables.units);
    for (const host of this.hosts) if (host.isReconciled) this.checkSameLeases(host);
  }

  /** I31 and I13: what the host holds is what we think it holds. */
  checkSameLeases(host: SimulatedHost): void {
    const live = [...this.world.store.tables.units.values()]
      .filter((unit) => !hasEnded(unit))
      .flatMap(({ replicas }) => replicas.filter((replica) => replica.kind === 'leased'))
      .filter((replica) => replica.host.endsWith(host.n.toString(36)))
      .map(({ lease }) => lease);
    expect([...host.leases.keys()].toSorted()).toEqual(live.toSorted());
    expect(live.length).toBeLessThanOrEqual(QUOTA);
  }
}

type Step = (walk: Walk) => Promise<unknown> | unknown;
const host = fc.nat(4);
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: host.map(
      (n): Step =>
        (walk) =>
          walk.host(n).connect(walk.world),
    ),
  },
  {
    weight: 2,
    arbitrary: host.map(
      (n): Step =>
        (walk) =>
          walk.host(n).disconnect(),
    ),
  },
  {
    weight: 8,
    arbitrary: fc.tuple(host, fc.nat(6)).map(
      ([n, replicas]): Step =>
        (walk) =>
          walk.host(n).say({ type: 'request-work', replicas }),
    ),
  },
  {
    weight: 10,
    arbitrary: fc.tuple(host, fc.nat(9), fc.constantFrom('right', 'right', 'right', 'wrong')).map(
      ([n, pick, output]): Step =>
        (walk) => {
          const lease = walk.host(n).held(pick);
          return lease && walk.host(n).submit(lease, output);
        },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(host, fc.nat(99)).map(
      ([n, pick]): Step =>
        (walk) => {
          const { sent } = walk.host(n);
          const again = sent[pick % Math.max(1, sent.length)];
          return again && walk.host(n).submit(again.lease, again.output);
        },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(host, fc.nat(9)).map(
      ([n, pick]): Step =>
        (walk) => {
          const lease = walk.host(n).held(pick);
          return lease && walk.host(n).fail(lease);
        },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(host, fc.nat(9)).map(
      ([n, pick]): Step =>
        (walk) => {
          const lease = walk.host(n).held(pick);
          return lease && walk.host(n).giveBack(lease);
        },
    ),
  },
  {
    weight: 2,
    arbitrary: host.map(
      (n): Step =>
        (walk) =>
          walk.host(n).say({ type: 'renew', leases: [...walk.host(n).leases.values()] }),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.integer({ min: 1, max: LEASE_MS }).map(
      (ms): Step =>
        (walk) =>
          walk.world.advance(ms),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: -LEASE_MS, max: 9 * LEASE_MS }).map(
      (ms): Step =>
        (walk) =>
          walk.world.clock.jump(ms),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.nat(3 * LEASE_MS).map(
      (ms): Step =>
        (walk) =>
          walk.crash(ms),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Step>((walk) => walk.world.job({ inputs: { kind: 'index', count: 3 }, leaseMs: LEASE_MS, priority: 1 })),
  },
);

const rareCancel = fc.nat(5).map(
  (n): Step =>
    async (walk) => {
      const [job] = walk.world.store.tables.jobs.keys();
      if (n === 0 && job !== undefined) await walk.world.coordinator.cancelJob(job, null);
    },
);

/** Faults stop; honest hosts of new accounts come, more than any unit can have lost. */
async function heal(walk: Walk): Promise<void> {
  for (const old of walk.hosts) old.disconnect();
  const honest = Array.from({ length: 12 }, (_, i) => new SimulatedHost(20 + i));
  for (const one of honest) await one.connect(walk.world);
  const isOver = () => [...walk.world.store.tables.jobs.values()].every((job) => job.endedAt !== null);
  for (let round = 0; round < 1_000 && !isOver(); round++) {
    for (const one of honest) {
      await one.say({ type: 'request-work', replicas: QUOTA });
      for (const lease of [...one.leases.values()]) await one.submit(lease, 'right');
    }
    await walk.world.advance(LEASE_MS / 4);
  }
  await walk.world.quiet();
  expect([...walk.world.store.tables.jobs.values()].filter((job) => job.endedAt === null)).toEqual([]);
}

const policies: Job['verify'][] = [quorumOf(1), quorumOf(2), quorumOf(3), { kind: 'proof' }];

test.each(policies)('[EN36] whatever happens the books are right, and in the end every unit ends: %j', async (verify) => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 50 }), rareCancel, async (walked, cancel) => {
      const walk = await Walk.begin(verify);
      for (const step of [...walked, cancel]) {
        await step(walk);
        await walk.check();
      }
      await heal(walk);
      await walk.check();
    }),
    { numRuns: 25 },
  );
});
