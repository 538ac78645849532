/** Endings that are taken back: the one way in which what a reader was told of a unit ever changes. */
import { describe, expect, test } from 'vitest';
import type { Retraction } from '../domain/work-unit.ts';
import type { OpenStore } from './store.contract.ts';
import {
  accountId,
  digest,
  endedAt,
  ending,
  finalChange,
  finalUnit,
  job,
  jobId,
  leasedUnit,
  merge,
  posting,
  result,
  takenBack,
  unit,
} from './store-rows.contract.ts';

const retraction: Retraction = {
  reason: 'refuted',
  digest: digest(0),
  finalAt: endedAt,
  at: endedAt + 1,
  grounds: { kind: 'referee' },
  canaries: [1],
};
const ref = { job: jobId(1), index: 0 };
const reopened = (revision: number) => ({ ...unit(1, 0, { revision }), retractions: [retraction] });

export function describeRetractions(open: OpenStore): void {
  describe('retractions', () => {
    const opened = async () => {
      const store = await open();
      await store.commit({ jobs: [job(1, { unitCount: 800 })], units: [leasedUnit(1, 0), leasedUnit(1, 1)] });
      await store.commit(finalChange(1, 0));
      await store.commit(finalChange(1, 1));
      return store;
    };

    test('[ST26] a unit whose ending is taken back is among the results no more, nor among the final ones on the map and in all', async () => {
      await using store = await opened();
      await store.commit({ units: [reopened(3)], retractions: [ref], postings: [takenBack(posting(1, 0))] });
      expect((await store.results(jobId(1), 0, 9)).map(({ index, cursor }) => [index, cursor])).toEqual([[1, '2']]);
      expect(await store.cells(jobId(1))).toEqual({
        unitsPerCell: 2,
        cells: [{ cell: 0, final: 1, failed: 0, cancelled: 0, active: 1, accounts: [accountId(1)] }],
      });
      expect((await store.totals()).finalUnits).toBe(1);
      expect((await store.loadUnits([ref])).get(`${jobId(1)}/0` as never)).toEqual(reopened(3));
      expect((await store.finalUnits(jobId(1), -1, 9)).map(({ index }) => index)).toEqual([1]);
    });

    test('[ST26] when it ends again its result has the next place, and says which it corrects', async () => {
      await using store = await opened();
      await store.commit({ units: [reopened(3)], retractions: [ref] });
      await store.commit({ units: [{ ...finalUnit(1, 0, 1, 4), retractions: [retraction] }], endings: [ending(1, 0)] });
      const rows = await store.results(jobId(1), 2, 9);
      expect(rows).toMatchObject([
        { index: 0, cursor: '3', corrects: { reason: 'refuted', digest: digest(0), finalAt: endedAt, at: endedAt + 1 } },
      ]);
      expect((await store.results(jobId(1), 0, 9)).map(({ index }) => index)).toEqual([1, 0]);
      expect((await store.totals()).finalUnits).toBe(2);
    });

    test('[ST26] it may end again in the same change', async () => {
      await using store = await opened();
      const again = { units: [{ ...finalUnit(1, 0, 1, 3), retractions: [retraction] }], retractions: [ref], endings: [ending(1, 0)] };
      expect(await store.commit(again)).toEqual({ kind: 'committed' });
      expect((await store.results(jobId(1), 0, 9)).map(({ index, cursor }) => [index, cursor])).toEqual([
        [1, '2'],
        [0, '3'],
      ]);
      expect((await store.totals()).finalUnits).toBe(2);
    });

    test('[ST26] a stale retraction changes nothing', async () => {
      await using store = await opened();
      expect(await store.commit({ units: [reopened(9)], retractions: [ref] })).toMatchObject({ kind: 'conflict', units: [ref] });
      expect(await store.results(jobId(1), 0, 9)).toHaveLength(2);
    });

    test('[ST26] the answer of the next verdict may be one that came after the last', async () => {
      await using store = await opened();
      const other = { ...result(1, 0, 2, { no: 1, late: true }) };
      await store.commit(
        merge(
          { results: [other] },
          { units: [{ ...finalUnit(1, 0, 1, 3), retractions: [retraction] }], retractions: [ref], endings: [ending(1, 0, { no: 1 })] },
        ),
      );
      const output = other.body.kind === 'ok' ? other.body.output : null;
      expect((await store.results(jobId(1), 2, 9)).map((row) => row.output)).toEqual([output]);
    });

    test('[ST16] final units about which the referee is asked are found by their jobs, ended ones too', async () => {
      await using store = await opened();
      expect(await store.disputedJobs()).toEqual([]);
      await store.commit({ units: [{ ...finalUnit(1, 0, 1, 3), truth: null }] });
      expect(await store.disputedJobs()).toEqual([jobId(1)]);
      expect((await store.finalUnits(jobId(1), -1, 9)).map(({ index }) => index)).toEqual([1]);
    });
  });
}
