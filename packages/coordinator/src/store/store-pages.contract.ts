/** The map of the search space: what a visitor sees of millions of units. */
import { describe, expect, test } from 'vitest';
import type { OpenStore } from './store.contract.ts';
import { accountId, endedAt, ending, finalChange, host, job, jobId, leasedUnit, merge, posting, unit } from './store-rows.contract.ts';

const none = { final: 0, failed: 0, cancelled: 0, active: 0, accounts: [] };

export function describePages(open: OpenStore): void {
  describe('the map of a job', () => {
    test.each([
      [1, 1],
      [400, 1],
      [401, 2],
      [800, 2],
      [801, 4],
      [10_000_000, 32_768],
    ])('[ST15] a job of %i units has cells of %i, at most 400 of them', async (unitCount, expected) => {
      await using store = await open();
      await store.commit({ jobs: [job(1, { unitCount })], units: [unit(1, unitCount - 1)] });
      const { unitsPerCell, cells } = await store.cells(jobId(1));
      expect(unitsPerCell).toBe(expected);
      expect(cells).toEqual([{ ...none, cell: Math.floor((unitCount - 1) / expected), active: 1 }]);
      expect(cells[0]?.cell).toBeLessThan(400);
    });

    test('[ST15] a cell counts its units by state and names who verified them', async () => {
      await using store = await open();
      await store.commit({ jobs: [job(1, { unitCount: 800 })], hosts: [host(2, { displayName: 'Grace' })] });
      await store.commit({ units: [0, 1, 2, 3].map((index) => leasedUnit(1, index)) });
      await store.commit(merge(finalChange(1, 0, 1), finalChange(1, 1, 2), { units: [unit(1, 7)] }));
      await store.commit({
        units: [
          unit(1, 2, { revision: 2, state: { kind: 'failed', reason: 'too-many-errors', message: '', at: endedAt } }),
          unit(1, 3, { revision: 2, state: { kind: 'cancelled', at: endedAt } }),
        ],
        endings: [ending(1, 2, { state: 'failed', no: null }), ending(1, 3, { state: 'cancelled', no: null })],
      });
      expect(await store.cells(jobId(1))).toEqual({
        unitsPerCell: 2,
        cells: [
          { ...none, cell: 0, final: 2, accounts: [accountId(1), 'Grace'] },
          { ...none, cell: 1, failed: 1, cancelled: 1 },
          { ...none, cell: 3, active: 1 },
        ],
      });
      expect(await store.cells(jobId(9))).toEqual({ unitsPerCell: 1, cells: [] });
    });

    test('[ST15] names at most three accounts a cell, each once', async () => {
      await using store = await open();
      await store.commit({ jobs: [job(1, { unitCount: 3_200 })], units: Array.from({ length: 6 }, (_, index) => unit(1, index)) });
      for (const n of [1, 2, 2, 3, 4, 5]) await store.commit({ postings: [posting(1, n, n, { no: (await store.totals()).validResults })] });
      expect((await store.cells(jobId(1))).cells[0]?.accounts).toEqual([accountId(1), accountId(2), accountId(3)]);
    });

    test('[ST15] a job that outgrows its cells merges them', async () => {
      await using store = await open();
      const grown = (revision: number, unitCount: number) => job(1, { revision, unitCount, inputs: { kind: 'stream' } });
      await store.commit({ jobs: [grown(1, 400)], units: [leasedUnit(1, 0), leasedUnit(1, 1), leasedUnit(1, 399)] });
      await store.commit(merge(finalChange(1, 0, 1), finalChange(1, 1, 2)));
      await store.commit({ jobs: [grown(2, 3_000)] });
      await store.commit(finalChange(1, 399, 3));
      expect(await store.cells(jobId(1))).toEqual({
        unitsPerCell: 8,
        cells: [
          { ...none, cell: 0, final: 2, accounts: [accountId(1), accountId(2)] },
          { ...none, cell: 49, final: 1, accounts: [accountId(3)] },
        ],
      });
    });
  });
}
