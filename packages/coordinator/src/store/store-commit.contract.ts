/** Commits: atomic, compared by revision, never interleaved. */
import { unitIdOf } from '@manyhands/protocol';
import { describe, expect, test } from 'vitest';
import type { ChangeSet } from '../domain/change-set.ts';
import type { OpenStore } from './store.contract.ts';
import { chunk, ending, finalChange, job, jobId, leasedUnit, merge, posting, result, unit } from './store-rows.contract.ts';

const committed = { kind: 'committed' };

export function describeCommit(open: OpenStore): void {
  describe('commits', () => {
    test('[ST1] says what its durability rests on, and begins with a first epoch', async () => {
      await using store = await open();
      expect(store.durability).toMatch(/\w/);
      expect(store.epoch).toBe(1);
    });

    test('[ST6] a read after a commit sees it', async () => {
      await using store = await open();
      expect(await store.commit({ jobs: [job(1)], units: [leasedUnit(1, 7)] })).toEqual(committed);
      expect(await store.loadUnit({ job: jobId(1), index: 7 })).toEqual(leasedUnit(1, 7));
      expect(await store.commit(finalChange(1, 7))).toEqual(committed);
      expect((await store.loadUnit({ job: jobId(1), index: 7 }))?.state.kind).toBe('final');
    });

    test('[ST7] an empty change is committed and changes nothing', async () => {
      await using store = await open();
      expect(await store.commit({})).toEqual(committed);
      expect(await store.commit({ units: [], jobs: [], results: [] })).toEqual(committed);
      expect(await store.totals()).toEqual({ hosts: 0, accounts: 0, finalUnits: 0, validResults: 0, microcredits: 0 });
    });

    test.each([
      ['an older revision', 2],
      ['a revision too far', 4],
      ['a new unit that exists', 1],
    ])('[ST3] %s changes nothing and names the unit', async (_, revision) => {
      await using store = await open();
      await store.commit({ jobs: [job(1)], units: [unit(1, 0), unit(1, 1)] });
      await store.commit({ units: [unit(1, 0, { revision: 2 })] });
      const stale = merge(finalChange(1, 0, 1, revision), { units: [unit(1, 1, { revision: 2 }), unit(1, 2)] });
      expect(await store.commit(stale)).toEqual({ kind: 'conflict', units: [{ job: jobId(1), index: 0 }], jobs: [] });
      expect(await store.loadUnit({ job: jobId(1), index: 0 })).toEqual(unit(1, 0, { revision: 2 }));
      expect(await store.loadUnit({ job: jobId(1), index: 1 })).toEqual(unit(1, 1));
      expect(await store.loadUnit({ job: jobId(1), index: 2 })).toBeNull();
      expect(await store.evidence({ job: jobId(1), index: 0 })).toEqual([]);
      expect(await store.results(jobId(1), 0, 10)).toEqual([]);
    });

    test('[ST3] a unit that was never stored can only be stored as new', async () => {
      await using store = await open();
      await store.commit({ jobs: [job(1)] });
      const outcome = await store.commit({ units: [unit(1, 3, { revision: 2 })] });
      expect(outcome).toEqual({ kind: 'conflict', units: [{ job: jobId(1), index: 3 }], jobs: [] });
      expect(await store.loadUnit({ job: jobId(1), index: 3 })).toBeNull();
    });

    test('[ST3] names every stale unit and job, and only those', async () => {
      await using store = await open();
      await store.commit({ jobs: [job(1), job(2)], units: [0, 1, 2, 3].map((index) => unit(1, index)) });
      await store.commit({ jobs: [job(1, { revision: 2 })], units: [unit(1, 1, { revision: 2 }), unit(1, 3, { revision: 2 })] });
      const outcome = await store.commit({
        jobs: [job(1, { revision: 2 }), job(2, { revision: 2 })],
        units: [0, 1, 2, 3].map((index) => unit(1, index, { revision: 2 })),
      });
      expect(outcome).toEqual({
        kind: 'conflict',
        jobs: [jobId(1)],
        units: [
          { job: jobId(1), index: 1 },
          { job: jobId(1), index: 3 },
        ],
      });
      expect((await store.loadJob(jobId(2)))?.revision).toBe(1);
    });

    test('[ST3] a new job whose author has used its key is stale, also within one change', async () => {
      await using store = await open();
      await store.commit({ jobs: [job(1, { key: 'the same key' })] });
      const again = await store.commit({ jobs: [job(2, { key: 'the same key' }), job(3, { key: 'the same key', author: 'ben' })] });
      expect(again).toEqual({ kind: 'conflict', units: [], jobs: [jobId(2)] });
      const twins = await store.commit({ jobs: [job(4, { key: 'another key' }), job(5, { key: 'another key' })] });
      expect(twins).toEqual({ kind: 'conflict', units: [], jobs: [jobId(5)] });
      expect(await store.listJobs(10, null)).toEqual([job(1, { key: 'the same key' })]);
    });

    test('[ST8] a thousand units are one transaction: one stale unit undoes all of them', async () => {
      await using store = await open();
      const indexes = Array.from({ length: 1_000 }, (_, index) => index);
      expect(await store.commit({ jobs: [job(1)], units: indexes.map((index) => leasedUnit(1, index)) })).toEqual(committed);
      await store.commit({ units: [{ ...leasedUnit(1, 999), revision: 2 }] });
      const outcome = await store.commit(merge(...indexes.map((index) => finalChange(1, index))));
      expect(outcome).toEqual({ kind: 'conflict', units: [{ job: jobId(1), index: 999 }], jobs: [] });
      expect((await store.totals()).finalUnits).toBe(0);
      const units = await store.loadUnits(indexes.map((index) => ({ job: jobId(1), index })));
      expect(units.size).toBe(1_000);
      expect(units.get(unitIdOf(jobId(1), 0))?.revision).toBe(1);
      expect(await store.commit(merge(...indexes.map((index) => finalChange(1, index, 1, index === 999 ? 3 : 2))))).toEqual(committed);
      expect((await store.totals()).finalUnits).toBe(1_000);
    });

    test('[ST5] of two commits on one unit at once exactly one wins', async () => {
      await using store = await open();
      await store.commit({ jobs: [job(1)], units: [unit(1, 0)] });
      const attempts = [1, 2, 3].map((host) => store.commit({ units: [{ ...leasedUnit(1, 0, host), revision: 2 }] }));
      const kinds = (await Promise.all(attempts)).map(({ kind }) => kind);
      expect(kinds.sort()).toEqual(['committed', 'conflict', 'conflict']);
      expect(await store.liveLeases()).toHaveLength(1);
    });

    const contradictions: readonly (readonly [string, ChangeSet])[] = [
      ['a unit of an unknown job', { units: [unit(9, 0)] }],
      ['a chunk of an unknown job', { chunks: [chunk(9, 0, 0, ['1'])] }],
      ['a result of a unit without a row', { results: [result(1, 40)] }],
      ['a posting of a unit without a row', { postings: [posting(1, 40)] }],
      ['an ending of a unit without a row', { endings: [ending(1, 40)] }],
      ['an ending of a unit that the change does not end', { units: [unit(1, 0, { revision: 3 })], endings: [ending(1, 0)] }],
      ['a second ending of a unit', { units: [{ ...finalChange(1, 1).units[0], revision: 3 }] as never, endings: [ending(1, 1)] }],
      [
        'the retraction of an ending that a unit does not have',
        { units: [unit(1, 0, { revision: 3 })], retractions: [{ job: jobId(1), index: 0 }] },
      ],
      ['a second result of a replica', { results: [result(1, 1)] }],
      ['a second chunk under one number', { chunks: [chunk(2, 0, 1, ['2'])] }],
      ['a second posting of one kind for a replica', { postings: [posting(1, 1)] }],
    ];
    test.each(contradictions)('[ST10] %s is refused whole, and the store goes on', async (_, change) => {
      await using store = await open();
      await store.commit({ jobs: [job(1), job(2, { inputs: { kind: 'stream' } })], chunks: [chunk(2, 0, 0, ['1'])] });
      await store.commit({ units: [unit(1, 0), unit(1, 1)] });
      await store.commit(merge(finalChange(1, 1), { units: [unit(1, 0, { revision: 2 })] }));
      await expect(store.commit(merge({ units: [unit(1, 5)] }, change))).rejects.toMatchObject({ code: 'contradiction' });
      expect(await store.loadUnit({ job: jobId(1), index: 5 })).toBeNull();
      expect(await store.results(jobId(1), 0, 10)).toHaveLength(1);
      expect(await store.commit({ units: [unit(1, 5)] })).toEqual(committed);
    });
  });
}
