/** Live leases: whose they are, and until when. */
import { describe, expect, test } from 'vitest';
import type { OpenStore } from './store.contract.ts';
import { finalChange, hostId, job, jobId, judged, leased, leasedUnit, leaseId, unit } from './store-rows.contract.ts';

const indexes = (units: readonly { index: number }[]) => units.map(({ index }) => index);

export function describeLeases(open: OpenStore): void {
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
      await store.extendLeases(1_000, 5_000);
      expect(await store.lastAliveAt()).toBe(5_000);
      expect((await store.liveLeases()).map(({ deadlineAt }) => deadlineAt).sort()).toEqual([1_700, 1_800, 1_900]);
      expect(await store.expiredUnits(1_699, 9)).toEqual([]);
      expect(indexes(await store.expiredUnits(1_800, 9))).toEqual([0, 2]);
      expect((await store.commit(finalChange(1, 0))).kind).toBe('conflict');
      expect((await store.loadUnit({ job: jobId(1), index: 0 }))?.revision).toBe(2);
      expect(await store.loadUnit({ job: jobId(1), index: 3 })).toEqual(unit(1, 3));
    });

    test('[ST16] all units of a job that have a row are read page by page, by index', async () => {
      await using store = await open();
      await store.commit({ jobs: [job(1), job(2)], units: [unit(1, 9), leasedUnit(1, 0), unit(2, 1)] });
      await store.commit(finalChange(1, 0));
      expect((await store.units(jobId(1), -1, 9)).map(({ index }) => index)).toEqual([0, 9]);
      expect((await store.units(jobId(1), -1, 1)).map(({ index }) => index)).toEqual([0]);
      expect(await store.units(jobId(1), 0, 9)).toEqual([unit(1, 9)]);
      expect(await store.units(jobId(1), 9, 9)).toEqual([]);
      expect(await store.units(jobId(3), -1, 9)).toEqual([]);
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
