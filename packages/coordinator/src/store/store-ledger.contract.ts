/** Postings and the sums over them. */
import { describe, expect, test } from 'vitest';
import { leadersOf } from './leaders.contract.ts';
import type { OpenStore } from './store.contract.ts';
import { accountId, finalChange, host, hostId, job, jobId, leasedUnit, merge, posting, takenBack, unit } from './store-rows.contract.ts';

export function describeLedger(open: OpenStore): void {
  describe('the ledger', () => {
    test('[ST4] a posting is unique per replica and kind, and a refused one adds to no sum', async () => {
      await using store = await open();
      await store.commit({ jobs: [job(1)], units: [leasedUnit(1, 0)] });
      await store.commit(finalChange(1, 0));
      const before = await store.totals();
      await expect(store.commit({ postings: [posting(1, 0, 1, { microcredits: 5 })] })).rejects.toMatchObject({ code: 'contradiction' });
      await expect(store.commit({ postings: [posting(1, 0, 2, { no: 1 }), posting(1, 0, 2, { no: 1 })] })).rejects.toThrow();
      expect(await store.totals()).toEqual(before);
      await store.commit({ postings: [posting(1, 0, 2, { no: 1 }), takenBack(posting(1, 0, 1))] });
      expect(await store.totals()).toMatchObject({ validResults: 1, microcredits: 1_000 });
    });

    test('[ST4] leaders have most credit first; a revocation takes it back', async () => {
      await using store = await open();
      await store.commit({ jobs: [job(1)], hosts: [host(2, { displayName: 'Grace' }), host(9)], units: [0, 1, 2].map((i) => unit(1, i)) });
      await store.commit({
        postings: [
          posting(1, 0, 1, { microcredits: 500 }),
          posting(1, 1, 2, { microcredits: 400 }),
          posting(1, 2, 2, { microcredits: 300 }),
          posting(1, 2, 3, { no: 1, microcredits: 100 }),
        ],
      });
      const [grace, first, third] = [
        { account: accountId(2), name: 'Grace', validResults: 2, microcredits: 700 },
        { account: accountId(1), name: null, validResults: 1, microcredits: 500 },
        { account: accountId(3), name: null, validResults: 1, microcredits: 100 },
      ];
      expect(await leadersOf(store, 9)).toEqual([grace, first, third]);
      expect(await leadersOf(store, 1)).toEqual([grace]);
      await store.commit({ postings: [takenBack(posting(1, 1, 2, { microcredits: 400 }))] });
      expect(await leadersOf(store, 9)).toEqual([first, { ...grace, validResults: 1, microcredits: 300 }, third]);
    });

    test('[ST4] hosts of a job are those with a valid result that stands', async () => {
      await using store = await open();
      await store.commit({ jobs: [job(1), job(2)], units: [unit(1, 0), unit(1, 1), unit(2, 0)] });
      expect(await store.hostsOf(jobId(1))).toBe(0);
      await store.commit({ postings: [posting(1, 0, 1), posting(1, 0, 2, { no: 1 }), posting(1, 1, 1), posting(2, 0, 3)] });
      expect(await store.hostsOf(jobId(1))).toBe(2);
      await store.commit({ postings: [takenBack(posting(1, 0, 1)), takenBack(posting(1, 0, 2, { no: 1 }))] });
      expect(await store.hostsOf(jobId(1))).toBe(1);
      expect(await store.hostsOf(jobId(9))).toBe(0);
    });

    test('[ST4] what was granted for a unit comes by replica, what was taken back behind it', async () => {
      await using store = await open();
      const [first, second, other] = [posting(1, 0, 1), posting(1, 0, 2, { no: 1 }), posting(1, 1, 1)];
      await store.commit({ jobs: [job(1)], units: [unit(1, 0), unit(1, 1)], postings: [second, other, first] });
      await store.commit({ postings: [takenBack(first)] });
      expect(await store.postings({ job: jobId(1), index: 0 })).toEqual([first, takenBack(first), second]);
      expect(await store.postings({ job: jobId(9), index: 0 })).toEqual([]);
    });

    test('[ST4] totals add up', async () => {
      await using store = await open();
      await store.commit({
        jobs: [job(1)],
        hosts: [host(1), host(2, { account: accountId(1) }), host(3)],
        units: [leasedUnit(1, 0), leasedUnit(1, 1)],
      });
      await store.commit(merge(finalChange(1, 0), finalChange(1, 1, 3)));
      await store.commit({ postings: [takenBack(posting(1, 1, 3))] });
      expect(await store.totals()).toEqual({ hosts: 3, accounts: 2, finalUnits: 2, validResults: 1, microcredits: 1_000 });
    });
  });

  describe('hosts', () => {
    test('[ST6] a host comes back as it was stored last; null when it never was', async () => {
      await using store = await open();
      await store.commit({ hosts: [host(1)] });
      await store.commit({ hosts: [host(1, { cores: 8, lastSeenAt: 9_000 })] });
      expect(await store.loadHost(hostId(1))).toEqual(host(1, { cores: 8, lastSeenAt: 9_000 }));
      expect(await store.loadHost(hostId(2))).toBeNull();
      expect(await store.totals()).toMatchObject({ hosts: 1, accounts: 1 });
    });

    test('[ST14] an account goes by the name of its host seen last among those that give one', async () => {
      await using store = await open();
      const named = async () => (await leadersOf(store, 1))[0]?.name;
      const seen = (n: number, lastSeenAt: number, displayName: string | null) =>
        host(n, { account: accountId(1), lastSeenAt, displayName });
      await store.commit({ jobs: [job(1)], units: [unit(1, 0)], postings: [posting(1, 0, 1)] });
      expect(await named()).toBeNull();
      await store.commit({ hosts: [seen(1, 100, 'desktop'), seen(2, 200, 'laptop'), seen(3, 300, null)] });
      expect(await named()).toBe('laptop');
      await store.commit({ hosts: [seen(1, 400, 'desktop')] });
      expect(await named()).toBe('desktop');
      await store.commit({ hosts: [seen(1, 500, null), seen(2, 500, null)] });
      expect(await named()).toBeNull();
    });

    test('[ST14] a host that moves to another account takes its name along', async () => {
      await using store = await open();
      await store.commit({ jobs: [job(1)], units: [unit(1, 0)], postings: [posting(1, 0, 1)], hosts: [host(1, { displayName: 'Ada' })] });
      await store.commit({ hosts: [host(1, { account: accountId(2), displayName: 'Ada' })] });
      expect(await leadersOf(store, 1)).toMatchObject([{ account: accountId(1), name: null }]);
      expect(await store.totals()).toMatchObject({ hosts: 1, accounts: 1 });
    });
  });
}
