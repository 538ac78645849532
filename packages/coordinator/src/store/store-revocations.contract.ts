/** What is taken back from the ledger, when an answer that was believed turns out to be wrong. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leadersOf } from './leaders.contract.ts';
import type { OpenStore } from './store.contract.ts';
import { accountId, hostId, job, jobId, posting, takenBack, unit } from './store-rows.contract.ts';

export function describeRevocations(open: OpenStore): void {
  describe('what is taken back', () => {
    test.each([
      ['what was never granted', { no: 1 }],
      ['less than was granted', { microcredits: -999 }],
      ['more than was granted', { microcredits: -1_001 }],
      ['with the wrong sign', { microcredits: 1_000 }],
      ['from another host', { host: hostId(2) }],
      ['from another account', { account: accountId(2) }],
    ])('[ST24] %s is refused whole', async (_, change) => {
      await using store = await open();
      await store.commit({ jobs: [job(1)], units: [unit(1, 0), unit(1, 1)], postings: [posting(1, 0, 1), posting(1, 1, 2)] });
      const before = await store.totals();
      const wrong = { ...takenBack(posting(1, 0, 1)), ...change };
      await expect(store.commit({ postings: [takenBack(posting(1, 1, 2)), wrong] })).rejects.toMatchObject({ code: 'contradiction' });
      expect(await store.totals()).toEqual(before);
      expect(await store.hostsOf(jobId(1))).toBe(2);
      expect(await store.commit({ postings: [takenBack(posting(1, 0, 1))] })).toEqual({ kind: 'committed' });
      await expect(store.commit({ postings: [takenBack(posting(1, 0, 1))] })).rejects.toMatchObject({ code: 'contradiction' });
    });

    test('[ST24] what is granted and taken back in one change leaves nothing', async () => {
      await using store = await open();
      await store.commit({ jobs: [job(1)], units: [unit(1, 0)] });
      await store.commit({ postings: [takenBack(posting(1, 0)), posting(1, 0)] });
      expect(await store.totals()).toMatchObject({ validResults: 0, microcredits: 0 });
      expect(await store.hostsOf(jobId(1))).toBe(0);
    });

    test('[ST24] sums are those of what stands, whatever was taken back, and in the end nothing', async () => {
      const grants = fc.uniqueArray(
        fc.record({
          index: fc.nat(11),
          no: fc.nat(1),
          by: fc.integer({ min: 1, max: 5 }),
          microcredits: fc.oneof(fc.constant(0), fc.nat()),
          isTakenBack: fc.boolean(),
        }),
        { selector: ({ index, no }) => index * 2 + no, maxLength: 24 },
      );
      await fc.assert(
        fc.asyncProperty(grants, async (drawn) => {
          await using store = await open();
          // Three cells of four units.
          await store.commit({ jobs: [job(1, { unitCount: 1_600 })], units: Array.from({ length: 12 }, (_, index) => unit(1, index)) });
          const rows = drawn.map(({ index, no, by, microcredits, isTakenBack }) => ({
            isTakenBack,
            cell: Math.floor(index / 4),
            granted: posting(1, index, by, { no, microcredits }),
          }));
          await store.commit({ postings: rows.map(({ granted }) => granted) });
          for (const { granted, isTakenBack } of rows) if (isTakenBack) await store.commit({ postings: [takenBack(granted)] });
          const standing = rows.filter(({ isTakenBack }) => !isTakenBack);
          const accounts = new Set(rows.map(({ granted }) => granted.account));
          const sum = (of: typeof rows) => of.reduce((total, { granted }) => total + granted.microcredits, 0);

          const { validResults, microcredits } = await store.totals();
          expect([validResults, microcredits]).toEqual([standing.length, sum(standing)]);
          expect(await store.hostsOf(jobId(1))).toBe(new Set(standing.map(({ granted }) => granted.host)).size);
          const leaders = new Map((await leadersOf(store, 9)).map((row) => [row.account, [row.validResults, row.microcredits]]));
          for (const account of accounts) {
            const own = standing.filter(({ granted }) => granted.account === account);
            expect(leaders.get(account)).toEqual([own.length, sum(own)]);
          }
          for (const { cell, accounts: named } of (await store.cells(jobId(1))).cells) {
            const verifiers = new Set(standing.filter((row) => row.cell === cell).map(({ granted }) => granted.account as string));
            expect(named.filter((account) => !verifiers.has(account))).toEqual([]);
            expect(new Set(named).size).toBe(Math.min(3, verifiers.size));
          }

          await store.commit({ postings: standing.map(({ granted }) => takenBack(granted)) });
          const left = await store.totals();
          expect(left.validResults).toBe(0);
          expect(left.microcredits).toBe(0);
          expect(await store.hostsOf(jobId(1))).toBe(0);
          for (const row of await leadersOf(store, 9)) expect(row).toMatchObject({ validResults: 0, microcredits: 0 });
          expect((await store.cells(jobId(1))).cells.flatMap(({ accounts: named }) => named)).toEqual([]);
        }),
        { numRuns: 20 },
      );
    });
  });
}
