/** What came back, and what authors read of it. */
import { describe, expect, test } from 'vitest';
import type { StoredResult } from '../domain/change-set.ts';
import type { OpenStore } from './store.contract.ts';
import {
  accountId,
  digest,
  endedAt,
  ending,
  finalChange,
  host,
  hostId,
  job,
  jobId,
  judged,
  leasedUnit,
  merge,
  result,
  unit,
} from './store-rows.contract.ts';

const lateOf = (stored: StoredResult, n: number): StoredResult => ({
  ...stored,
  late: true,
  receivedAt: stored.receivedAt + n,
  body: { kind: 'ok', digest: digest(n), output: `"late ${n}"` },
});

export function describeEvidence(open: OpenStore): void {
  describe('evidence', () => {
    test.each<[string, StoredResult['body']]>([
      ['an inline output', { kind: 'ok', digest: digest(1), output: '{"n":1,"text":"α\\u0000"}' }],
      ['an output that looks like the name of a blob', { kind: 'ok', digest: digest(1), output: `@${digest(3)} 12` }],
      ['an empty output', { kind: 'ok', digest: digest(1), output: '' }],
      ['a blob', { kind: 'ok', digest: digest(1), output: { blob: digest(2), bytes: 1_000_000 } }],
      ['an error', { kind: 'error', error: 'thrown', message: 'RangeError: "no"\n  at run' }],
      ['an error without words', { kind: 'error', error: 'memory', message: '' }],
    ])('[ST10] %s comes back as it was received', async (_, body) => {
      await using store = await open();
      await store.commit({ jobs: [job(1)], units: [leasedUnit(1, 0)], results: [result(1, 0, 1, { body, elapsedMs: 0 })] });
      expect(await store.evidence({ job: jobId(1), index: 0 })).toEqual([result(1, 0, 1, { body, elapsedMs: 0 })]);
      const loaded = await store.loadResult({ job: jobId(1), index: 0 }, 0);
      expect(loaded).toEqual(body.kind === 'ok' ? { output: body.output } : null);
    });

    test('[ST10] evidence of a unit comes oldest first, with at most one late result beside each replica’s own', async () => {
      await using store = await open();
      const own = result(1, 0);
      const other = result(1, 0, 2, { no: 1, receivedAt: own.receivedAt - 1 });
      const late = lateOf(own, 5);
      await store.commit({ jobs: [job(1)], units: [leasedUnit(1, 0)], results: [own, late] });
      await store.commit({ results: [lateOf(own, 6), other, lateOf(own, 7)] });
      expect(await store.evidence({ job: jobId(1), index: 0 })).toEqual([other, own, late]);
      expect(await store.evidence({ job: jobId(1), index: 1 })).toEqual([]);
      expect(await store.evidence({ job: jobId(9), index: 0 })).toEqual([]);
    });

    test('[ST10] a late result is never a replica’s output', async () => {
      await using store = await open();
      const late = lateOf(result(1, 0), 5);
      await store.commit({ jobs: [job(1)], units: [leasedUnit(1, 0)], results: [late] });
      expect(await store.loadResult({ job: jobId(1), index: 0 }, 0)).toBeNull();
      expect(await store.loadResult({ job: jobId(1), index: 0 }, 1)).toBeNull();
      expect(await store.loadResult({ job: jobId(9), index: 0 }, 0)).toBeNull();
    });
  });

  describe('results', () => {
    test('[ST18] ended units come in the order in which they ended, behind a cursor', async () => {
      await using store = await open();
      await store.commit({ jobs: [job(1), job(2)], units: [0, 1, 2, 3].map((index) => leasedUnit(1, index)) });
      await store.commit(merge(finalChange(1, 2), finalChange(1, 0)));
      await store.commit({ units: [leasedUnit(2, 0)] });
      await store.commit(finalChange(2, 0));
      await store.commit(finalChange(1, 3));
      const page = await store.results(jobId(1), 0, 2);
      expect(page.map(({ index, cursor }) => [index, cursor])).toEqual([
        [2, '1'],
        [0, '2'],
      ]);
      expect((await store.results(jobId(1), 2, 2)).map(({ index, cursor }) => [index, cursor])).toEqual([[3, '3']]);
      expect(await store.results(jobId(1), 3, 2)).toEqual([]);
      expect(await store.results(jobId(9), 0, 2)).toEqual([]);
      expect((await store.results(jobId(2), 0, 9)).map(({ cursor }) => cursor)).toEqual(['1']);
    });

    test('[ST18] a refused change takes no place in the order', async () => {
      await using store = await open();
      await store.commit({ jobs: [job(1)], units: [leasedUnit(1, 0), leasedUnit(1, 1)] });
      await store.commit(finalChange(1, 0, 1, 7));
      await store.commit(finalChange(1, 1));
      expect((await store.results(jobId(1), 0, 9)).map(({ index, cursor }) => [index, cursor])).toEqual([[1, '1']]);
    });

    test('[ST18] a final unit tells its input, the canonical output, and who verified it', async () => {
      await using store = await open();
      const replicas = [judged(1, 4, 0), judged(2, 4, 1), { ...judged(3, 4, 2), valid: false } as never, { kind: 'ready', no: 3 } as const];
      const outputs = [0, 1, 2].map((no) =>
        result(1, 4, no + 1, { no, body: { kind: 'ok', digest: digest(no), output: `"output of ${no}"` } }),
      );
      await store.commit({ jobs: [job(1)], hosts: [host(2, { displayName: 'Grace' })], units: [leasedUnit(1, 4)] });
      await store.commit({
        units: [unit(1, 4, { revision: 2, state: { kind: 'final', digest: digest(1), at: endedAt }, replicas })],
        results: outputs,
        endings: [ending(1, 4, { no: 1 })],
      });
      expect(await store.results(jobId(1), 0, 9)).toEqual([
        {
          cursor: '1',
          index: 4,
          input: '4',
          status: 'ok',
          output: '"output of 1"',
          verifiedBy: [
            { host: hostId(1), account: accountId(1), name: null },
            { host: hostId(2), account: accountId(2), name: 'Grace' },
          ],
          replicas: 3,
          endedAt,
        },
      ]);
    });

    test('[ST18] failed and cancelled units say so', async () => {
      await using store = await open();
      await store.commit({ jobs: [job(1)] });
      await store.commit({
        units: [
          unit(1, 0, { state: { kind: 'failed', reason: 'timeout', message: 'It took too long.', at: endedAt }, replicas: [] }),
          unit(1, 1, { state: { kind: 'cancelled', at: endedAt }, replicas: [] }),
        ],
        endings: [ending(1, 1, { state: 'cancelled', no: null }), ending(1, 0, { state: 'failed', no: null })],
      });
      const common = { verifiedBy: [], replicas: 0, endedAt };
      expect(await store.results(jobId(1), 0, 9)).toEqual([
        { cursor: '1', index: 1, input: '1', status: 'cancelled', ...common },
        { cursor: '2', index: 0, input: '0', status: 'failed', error: { kind: 'timeout', message: 'It took too long.' }, ...common },
      ]);
    });
  });
}
