/** Units, their leases, and the questions that schedulers and sweepers ask about them. */
import { unitIdOf } from '@manyhands/protocol';
import { describe, expect, test } from 'vitest';
import type { Replica, UnitState, WorkUnit } from '../domain/work-unit.ts';
import type { OpenStore } from './store.contract.ts';
import {
  digest,
  endedAt,
  finalChange,
  holder,
  hostId,
  job,
  jobId,
  judged,
  leased,
  leasedUnit,
  leaseId,
  unit,
} from './store-rows.contract.ts';

const indexes = (units: readonly { index: number }[]) => units.map(({ index }) => index);

const ended: readonly UnitState[] = [
  { kind: 'final', digest: digest(5), at: endedAt },
  { kind: 'failed', reason: 'no-consensus', message: 'No two of 10 agreed: "α" ≠ "β"\n', at: endedAt },
  { kind: 'cancelled', at: endedAt },
];
const everyReplica: readonly Replica[] = [
  { kind: 'ready', no: 0 },
  leased(1, 5, 1_763_838_120_001, 1),
  { kind: 'returned', no: 2, digest: digest(5), returnedAt: 3, ...holder(2, 5, 2) },
  judged(3, 5, 3),
  { kind: 'judged', no: 4, digest: digest(6), returnedAt: 4, valid: false, ...holder(4, 5, 4) },
  { kind: 'lost', no: 6, cause: 'expired', lateDigest: digest(7), ...holder(5, 5, 6) },
  { kind: 'lost', no: 7, cause: 'errored', error: 'timeout', ...holder(6, 5, 7) },
  { kind: 'lost', no: 9, cause: 'released', ...holder(7, 5, 9) },
];

export function describeUnits(open: OpenStore): void {
  describe('units', () => {
    test.each(([{ kind: 'open' }, { kind: 'verifying' }, ...ended] as UnitState[]).map((state) => [state.kind, state] as const))(
      '[ST6] a unit that is %s comes back as it was stored, with replicas of every kind',
      async (_, state) => {
        await using store = await open();
        const stored = unit(1, 5, { state, replicas: everyReplica });
        await store.commit({ jobs: [job(1)], units: [stored] });
        expect(await store.loadUnit(stored)).toEqual(stored);
        const next: WorkUnit = { ...stored, revision: 2, replicas: everyReplica.slice(1) };
        await store.commit({ units: [next] });
        expect(await store.loadUnit(stored)).toEqual(next);
      },
    );

    test('[ST6] units are loaded by reference; those without a row are missing', async () => {
      await using store = await open();
      await store.commit({ jobs: [job(1), job(2)], units: [unit(1, 0), unit(1, 3), unit(2, 0)] });
      const refs = [
        { job: jobId(1), index: 3 },
        { job: jobId(2), index: 0 },
        { job: jobId(1), index: 1 },
        { job: jobId(9), index: 0 },
      ];
      const units = await store.loadUnits(refs);
      expect([...units.keys()].sort()).toEqual([unitIdOf(jobId(1), 3), unitIdOf(jobId(2), 0)]);
      expect(units.get(unitIdOf(jobId(1), 3))).toEqual(unit(1, 3));
    });

    test('[ST16] ready units come in order of index, page by page, of one job', async () => {
      await using store = await open();
      await store.commit({
        jobs: [job(1), job(2)],
        units: [unit(1, 9), leasedUnit(1, 4), unit(1, 2), unit(2, 3), unit(1, 6, { replicas: [leased(1, 6), { kind: 'ready', no: 1 }] })],
      });
      expect(indexes(await store.readyUnits(jobId(1), -1, 2))).toEqual([2, 6]);
      expect(await store.readyUnits(jobId(1), 6, 2)).toEqual([unit(1, 9)]);
      expect(await store.readyUnits(jobId(1), 9, 2)).toEqual([]);
      expect(await store.readyUnits(jobId(7), -1, 2)).toEqual([]);
      await store.commit({ units: [{ ...leasedUnit(1, 2), revision: 2 }, unit(1, 4, { revision: 2 })] });
      expect(indexes(await store.readyUnits(jobId(1), -1, 9))).toEqual([4, 6, 9]);
    });

    test('[ST16] only open units are ready', async () => {
      await using store = await open();
      const states: UnitState[] = [{ kind: 'verifying' }, ...ended];
      await store.commit({ jobs: [job(1)], units: states.map((state, index) => unit(1, index, { state })) });
      expect(await store.readyUnits(jobId(1), -1, 9)).toEqual([]);
    });

    test('[ST16] expired units come oldest deadline first, by the earliest of their leases', async () => {
      await using store = await open();
      const two = unit(1, 2, { replicas: [leased(1, 2, 900, 0), leased(2, 2, 100, 1)] });
      await store.commit({ jobs: [job(1), job(2)], units: [leasedUnit(1, 0, 1, 300), leasedUnit(2, 1, 1, 200), two, unit(1, 3)] });
      expect(await store.expiredUnits(99, 9)).toEqual([]);
      expect(await store.expiredUnits(100, 9)).toEqual([{ job: jobId(1), index: 2 }]);
      expect(await store.expiredUnits(300, 2)).toEqual([
        { job: jobId(1), index: 2 },
        { job: jobId(2), index: 1 },
      ]);
      await store.commit({ units: [unit(1, 2, { revision: 2, replicas: [leased(1, 2, 900, 0), { kind: 'ready', no: 2 }] })] });
      expect(indexes(await store.expiredUnits(10_000, 9))).toEqual([1, 0, 2]);
    });

    test('[ST16] unsettled units are the verifying ones and the open ones with a live lease', async () => {
      await using store = await open();
      const returned = unit(1, 3, { replicas: [{ kind: 'returned', no: 0, digest: digest(3), returnedAt: 1, ...holder(1, 3) }] });
      const verifying: WorkUnit = { ...returned, index: 4, state: { kind: 'verifying' } };
      const still: WorkUnit = { ...leasedUnit(1, 6), state: { kind: 'cancelled', at: endedAt } };
      await store.commit({
        jobs: [job(1), job(2)],
        units: [leasedUnit(1, 8), unit(1, 1), leasedUnit(1, 2), returned, verifying, leasedUnit(2, 5), still],
      });
      expect(indexes(await store.unsettledUnits(jobId(1), -1, 9))).toEqual([2, 4, 8]);
      expect(await store.unsettledUnits(jobId(1), 2, 1)).toEqual([verifying]);
      expect(await store.unsettledUnits(jobId(7), -1, 1)).toEqual([]);
    });
  });

  describe('leases', () => {
    test('[ST16] live leases are known by host, from the lease to its end', async () => {
      await using store = await open();
      const pair = unit(1, 2, { replicas: [leased(1, 2, 900, 0), leased(2, 2, 800, 1)] });
      await store.commit({ jobs: [job(1)], units: [leasedUnit(1, 0, 1, 700), pair, unit(1, 3)] });
      const first = { job: jobId(1), index: 0, lease: leaseId(0), host: hostId(1), deadlineAt: 700 };
      const ofTwo = { job: jobId(1), index: 2, lease: leaseId(201), host: hostId(2), deadlineAt: 800 };
      expect(await store.liveLeases()).toHaveLength(3);
      expect(await store.liveLeases(hostId(2))).toEqual([ofTwo]);
      expect(await store.liveLeases(hostId(9))).toEqual([]);
      await store.commit(finalChange(1, 0));
      await store.commit({ units: [{ ...pair, revision: 2, replicas: [leased(1, 2, 950, 0), { ...judged(2, 2, 1) }] }] });
      expect(await store.liveLeases(hostId(2))).toEqual([]);
      expect(await store.liveLeases()).toEqual([{ ...first, index: 2, lease: leaseId(200), deadlineAt: 950 }]);
    });

    test('[ST16] a stale commit leaves the live leases as they were', async () => {
      await using store = await open();
      await store.commit({ jobs: [job(1)], units: [leasedUnit(1, 0, 1)] });
      await store.commit({ units: [{ ...leasedUnit(1, 0, 2), revision: 5 }, leasedUnit(1, 1, 2)] });
      expect(await store.liveLeases(hostId(2))).toEqual([]);
      expect(await store.liveLeases(hostId(1))).toHaveLength(1);
    });

    test('[ST17] our own downtime extends every live lease, and a decision taken before is stale', async () => {
      await using store = await open();
      const pair = unit(1, 2, { replicas: [leased(1, 2, 900, 0), leased(2, 2, 800, 1)] });
      await store.commit({ jobs: [job(1)], units: [leasedUnit(1, 0, 1, 700), pair, unit(1, 3)] });
      await store.extendLeases(1_000);
      expect((await store.liveLeases()).map(({ deadlineAt }) => deadlineAt).sort()).toEqual([1_700, 1_800, 1_900]);
      expect(await store.expiredUnits(1_699, 9)).toEqual([]);
      expect(indexes(await store.expiredUnits(1_800, 9))).toEqual([0, 2]);
      expect((await store.commit(finalChange(1, 0))).kind).toBe('conflict');
      expect((await store.loadUnit({ job: jobId(1), index: 0 }))?.revision).toBe(2);
      expect(await store.loadUnit({ job: jobId(1), index: 3 })).toEqual(unit(1, 3));
    });

    test('[ST17] the last moment of service is what was written last; null on a new store', async () => {
      await using store = await open();
      expect(await store.lastAliveAt()).toBeNull();
      await store.keepAlive(1_763_838_000_000);
      await store.keepAlive(1_763_838_005_000);
      expect(await store.lastAliveAt()).toBe(1_763_838_005_000);
    });
  });
}
