/** Units, their leases, and the questions that schedulers and sweepers ask about them. */
import { unitIdOf } from '@manyhands/protocol';
import { describe, expect, test } from 'vitest';
import { hasEnded, type Replica, type UnitState, type WorkUnit } from '../domain/work-unit.ts';
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
  merge,
  provisionalUnit,
  unit,
} from './store-rows.contract.ts';

const indexes = (units: readonly { index: number }[]) => units.map(({ index }) => index);

const ended: readonly UnitState[] = [
  { kind: 'final', digest: digest(5), at: endedAt },
  { kind: 'final', digest: digest(6), at: endedAt, grounds: { kind: 'referee' } },
  {
    kind: 'final',
    digest: digest(5),
    at: endedAt,
    grounds: {
      kind: 'odds',
      phi: 0.010_101_010_101_010_102,
      members: [
        { no: 3, checks: 0 },
        { no: 4, checks: 4_711 },
      ],
    },
  },
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
  { kind: 'judged', no: 10, digest: digest(5), returnedAt: 4, valid: true, isChecked: true, ...holder(8, 5, 10) },
  { kind: 'judged', no: 11, digest: digest(6), returnedAt: 4, valid: false, isChecked: false, credited: 0, ...holder(9, 5, 11) },
  { kind: 'judged', no: 12, digest: digest(5), returnedAt: 4, valid: true, credited: 1_234, ...holder(10, 5, 12), speed: 2.5 },
  { kind: 'leased', no: 13, deadlineAt: 1_763_838_120_002, ...holder(11, 5, 13), speed: 0.1 },
  { kind: 'returned', no: 14, digest: digest(5), returnedAt: 3, ...holder(12, 5, 14), speed: 3 },
  { kind: 'lost', no: 15, cause: 'revoked', ...holder(13, 5, 15), speed: 4 },
];

export function describeUnits(open: OpenStore): void {
  describe('units', () => {
    const states: UnitState[] = [
      { kind: 'open' },
      { kind: 'verifying' },
      { kind: 'provisional', digest: digest(5), at: endedAt },
      { kind: 'provisional', digest: digest(99), at: endedAt },
      ...ended,
    ];
    test.each(states.map((state) => [state.kind, state] as const))(
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

    test('[ST6] whether the referee was asked, and what it said, comes back as it was stored', async () => {
      await using store = await open();
      const replicas: Replica[][] = [[], [{ kind: 'ready', no: 0 }], [judged(1, 5)]];
      const truths: Partial<WorkUnit>[] = [{}, { truth: null }, { truth: digest(5) }, { comparisons: [[digest(0), digest(1), true]] }];
      const units = truths.flatMap((truth, i) => replicas.map((of, j) => unit(1, i * 3 + j, { ...truth, replicas: of })));
      await store.commit({ jobs: [job(1)], units });
      for (const stored of units) {
        const loaded = await store.loadUnit(stored);
        expect(loaded).toEqual(stored);
        expect('truth' in (loaded as WorkUnit)).toBe('truth' in stored);
      }
    });

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

    test('[ST16] only open units are ready, and provisional ones that wait for their audit', async () => {
      await using store = await open();
      const never: UnitState[] = [{ kind: 'verifying' }, ...ended];
      const audited = provisionalUnit(1, 20, 1, [{ kind: 'ready', no: 1 }]);
      await store.commit({
        jobs: [job(1)],
        units: [...never.map((state, index) => unit(1, index, { state })), unit(1, 10), provisionalUnit(1, 15), audited],
      });
      expect(await store.readyUnits(jobId(1), -1, 9)).toEqual([unit(1, 10), audited]);
    });

    test('[ST16] provisional units come in order of index, page by page, of one job, until they are final or open again', async () => {
      await using store = await open();
      await store.commit({
        jobs: [job(1), job(2)],
        units: [provisionalUnit(1, 9), provisionalUnit(1, 2), unit(1, 4), provisionalUnit(2, 3), provisionalUnit(1, 6, 2)],
      });
      expect(indexes(await store.provisionalUnits(jobId(1), -1, 2))).toEqual([2, 6]);
      expect(await store.provisionalUnits(jobId(1), 6, 2)).toEqual([provisionalUnit(1, 9)]);
      expect(await store.provisionalUnits(jobId(7), -1, 2)).toEqual([]);
      await store.commit(merge(finalChange(1, 2), { units: [unit(1, 6, { revision: 2 }), { ...provisionalUnit(1, 4), revision: 2 }] }));
      expect(indexes(await store.provisionalUnits(jobId(1), -1, 9))).toEqual([4, 9]);
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

    test('[ST16] unsettled units are the verifying ones, and the open and provisional ones with a live lease', async () => {
      await using store = await open();
      const returned = unit(1, 3, { replicas: [{ kind: 'returned', no: 0, digest: digest(3), returnedAt: 1, ...holder(1, 3) }] });
      const verifying: WorkUnit = { ...returned, index: 4, state: { kind: 'verifying' } };
      const still: WorkUnit = { ...leasedUnit(1, 6), state: { kind: 'cancelled', at: endedAt } };
      const underAudit = provisionalUnit(1, 7, 1, [leased(2, 7, 900, 1)]);
      await store.commit({
        jobs: [job(1), job(2)],
        units: [
          leasedUnit(1, 8),
          unit(1, 1),
          leasedUnit(1, 2),
          returned,
          verifying,
          leasedUnit(2, 5),
          still,
          underAudit,
          provisionalUnit(1, 9),
        ],
      });
      expect(indexes(await store.unsettledUnits(jobId(1), -1, 9))).toEqual([2, 4, 7, 8]);
      expect(await store.expiredUnits(900, 9)).toEqual([{ job: jobId(1), index: 7 }]);
      expect(await store.liveLeases(hostId(2))).toMatchObject([{ index: 7, lease: leaseId(701), deadlineAt: 900 }]);
      expect(await store.unsettledUnits(jobId(1), 2, 1)).toEqual([verifying]);
      expect(await store.unsettledUnits(jobId(7), -1, 1)).toEqual([]);
    });
  });

  describe('units in progress', () => {
    test('[ST22] each is ready, unsettled or provisional; an ended one is none of them', async () => {
      await using store = await open();
      const inHand: (readonly Replica[])[] = [
        [leased(1, 0)],
        [judged(1, 0), { kind: 'ready', no: 1 }],
        [judged(1, 0), leased(2, 0, 900, 1)],
      ];
      const waiting: (readonly Replica[])[] = [...inHand, [], [judged(1, 0)]];
      const states: [UnitState, (readonly Replica[])[]][] = [
        [{ kind: 'open' }, inHand],
        [{ kind: 'verifying' }, waiting],
        [{ kind: 'provisional', digest: digest(0), at: endedAt }, waiting],
        ...ended.map((state): [UnitState, (readonly Replica[])[]] => [state, waiting]),
      ];
      const units = states.flatMap(([state, lists]) => lists.map((replicas) => ({ state, replicas }))).map((rest, i) => unit(1, i, rest));
      await store.commit({ jobs: [job(1)], units });
      const pages = [store.readyUnits(jobId(1), -1, 99), store.unsettledUnits(jobId(1), -1, 99), store.provisionalUnits(jobId(1), -1, 99)];
      const found = new Set((await Promise.all(pages)).flatMap(indexes));
      expect(units.filter((each) => found.has(each.index) === hasEnded(each))).toEqual([]);
    });
  });
}
