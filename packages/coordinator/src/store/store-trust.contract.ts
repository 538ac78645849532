/** What hosts earned, and what may still happen to units whose answer is believed. */
import { describe, expect, test } from 'vitest';
import type { Replica, WorkUnit } from '../domain/work-unit.ts';
import type { OpenStore } from './store.contract.ts';
import {
  accountId,
  digest,
  endedAt,
  finalChange,
  finalUnit,
  hostId,
  job,
  jobId,
  judged,
  leased,
  leasedUnit,
  leaseId,
  posting,
  result,
  standing,
  tally,
  taskId,
  unit,
} from './store-rows.contract.ts';

const byHost = <T extends { host: string }>(rows: readonly T[]): T[] => [...rows].sort((a, b) => (a.host < b.host ? -1 : 1));

export function describeTrust(open: OpenStore): void {
  describe('what hosts earned', () => {
    test('[ST21] a standing comes back as it was stored last, with all others of its task', async () => {
      await using store = await open();
      const rich = standing(2, 1, {
        passed: 1,
        verified: 2_000_000,
        convictions: 3,
        quota: 1_024,
        setbacks: 5,
        suspendedUntil: 1_763_838_000_000,
        isBanned: true,
      });
      await store.commit({ standings: [standing(1), standing(2), standing(3, 2)] });
      await store.commit({ standings: [rich, standing(4)] });
      expect(byHost(await store.loadStandings(taskId(1)))).toEqual([standing(1), rich, standing(4)]);
      expect(await store.loadStandings(taskId(2))).toEqual([standing(3, 2)]);
      expect(await store.loadStandings(taskId(9))).toEqual([]);
    });

    test('[ST21] a standing follows its host to another account', async () => {
      await using store = await open();
      await store.commit({ standings: [standing(1)] });
      await store.commit({ standings: [standing(1, 1, { account: accountId(2), passed: 4 })] });
      expect(await store.loadStandings(taskId(1))).toEqual([standing(1, 1, { account: accountId(2), passed: 4 })]);
    });

    test('[ST21] a tally comes back as it was stored last, with all others of its job', async () => {
      await using store = await open();
      await store.commit({ jobs: [job(1), job(2)], tallies: [tally(1, 1), tally(1, 2), tally(2, 1, { checks: 0, convictions: 7 })] });
      await store.commit({ tallies: [tally(1, 1, { checks: 400 })] });
      expect(byHost(await store.loadTallies(jobId(1)))).toEqual([tally(1, 1, { checks: 400 }), tally(1, 2)]);
      expect(await store.loadTallies(jobId(2))).toEqual([tally(2, 1, { checks: 0, convictions: 7 })]);
      expect(await store.loadTallies(jobId(9))).toEqual([]);
    });

    test('[ST21] hundreds of hosts earn something in one change', async () => {
      await using store = await open();
      const hosts = Array.from({ length: 345 }, (_, n) => n);
      await store.commit({ jobs: [job(1)], standings: hosts.map((n) => standing(n)), tallies: hosts.map((n) => tally(1, n)) });
      const later = hosts.map((n) => standing(n, 1, { verified: n }));
      await store.commit({ standings: later, tallies: hosts.map((n) => tally(1, n, { checks: n })) });
      expect(byHost(await store.loadStandings(taskId(1)))).toEqual(later);
      expect(byHost(await store.loadTallies(jobId(1)))).toEqual(hosts.map((n) => tally(1, n, { checks: n })));
    });

    test('[ST2] what a refused or stale change would have earned is not kept', async () => {
      await using store = await open();
      await store.commit({ jobs: [job(1)], units: [unit(1, 0)], standings: [standing(1)], tallies: [tally(1, 1)] });
      const earned = { standings: [standing(1, 1, { passed: 9 }), standing(2)], tallies: [tally(1, 1, { checks: 9 })] };
      expect((await store.commit({ ...earned, units: [unit(1, 0)] })).kind).toBe('conflict');
      await expect(store.commit({ ...earned, tallies: [tally(9, 1)] })).rejects.toMatchObject({ code: 'contradiction' });
      expect(await store.loadStandings(taskId(1))).toEqual([standing(1)]);
      expect(await store.loadTallies(jobId(1))).toEqual([tally(1, 1)]);
    });
  });

  describe('ended units', () => {
    const expectEndedOnce = async (store: Awaited<ReturnType<OpenStore>>) => {
      expect(await store.results(jobId(1), 0, 9)).toMatchObject([{ cursor: '1', index: 0, status: 'ok', output: '"output 0"', endedAt }]);
      expect((await store.totals()).finalUnits).toBe(1);
      expect((await store.cells(jobId(1))).cells).toMatchObject([{ final: 1, active: 0 }]);
    };

    test('[ST23] a canary is handed out, returns or runs out, and the verdict stays', async () => {
      await using store = await open();
      await store.commit({ jobs: [job(1)], units: [leasedUnit(1, 0)] });
      await store.commit(finalChange(1, 0));
      const canary = (revision: number, replica: Replica): WorkUnit => ({
        ...finalUnit(1, 0, 1, revision),
        replicas: [judged(1, 0), replica],
      });
      await store.commit({ units: [canary(3, leased(2, 0, 900, 1))] });
      expect(await store.liveLeases(hostId(2))).toMatchObject([{ index: 0, lease: leaseId(1), deadlineAt: 900 }]);
      expect(await store.expiredUnits(900, 9)).toEqual([{ job: jobId(1), index: 0 }]);
      expect(await store.unsettledUnits(jobId(1), -1, 9)).toEqual([]);
      await store.extendLeases(100, 1);
      expect(await store.expiredUnits(999, 9)).toEqual([]);
      await expectEndedOnce(store);

      const wrong: Replica = { ...judged(2, 0, 1), digest: digest(7), valid: false } as Replica;
      const answer = result(1, 0, 2, { no: 1, body: { kind: 'ok', digest: digest(7), output: '"wrong"' } });
      await store.commit({ units: [canary(5, wrong)], results: [answer] });
      expect(await store.liveLeases()).toEqual([]);
      expect(await store.loadUnit({ job: jobId(1), index: 0 })).toEqual(canary(5, wrong));
      expect(await store.evidence({ job: jobId(1), index: 0 })).toEqual([result(1, 0, 1), answer]);
      await expectEndedOnce(store);
    });

    test('[ST23] the truth comes after the end, and a result that is right is credited', async () => {
      await using store = await open();
      await store.commit({ jobs: [job(1)], units: [leasedUnit(1, 0)] });
      await store.commit(finalChange(1, 0));
      const asked: WorkUnit = { ...finalUnit(1, 0, 1, 3), truth: null };
      const known: WorkUnit = { ...asked, revision: 4, truth: digest(0), replicas: [judged(1, 0), judged(2, 0, 1)] };
      await store.commit({ units: [asked] });
      expect(await store.loadUnit(asked)).toEqual(asked);
      expect(await store.disputedUnits(asked.job, -1, 10)).toEqual([asked]);
      expect(await store.disputedUnits(asked.job, asked.index, 10)).toEqual([]);
      await store.commit({ units: [known], results: [result(1, 0, 2, { no: 1 })], postings: [posting(1, 0, 2, { no: 1 })] });
      expect(await store.loadUnit(asked)).toEqual(known);
      expect(await store.disputedUnits(asked.job, -1, 10)).toEqual([]);
      expect(await store.totals()).toMatchObject({ validResults: 2, microcredits: 2_000 });
      await expectEndedOnce(store);
    });
  });
}
