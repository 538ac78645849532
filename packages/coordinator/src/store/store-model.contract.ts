/** Whatever is committed, in whatever order, a store answers as the memory model does. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChangeSet } from '../domain/change-set.ts';
import type { EarnerKind } from '../ports/credit-reads.ts';
import type { JobCell, ReadStore } from '../ports/read-store.ts';
import type { Store } from '../ports/store.ts';
import { NAMES_PER_CELL } from './job-cells.ts';
import { leadersOf } from './leaders.contract.ts';
import { createMemoryStore } from './memory/create-memory-store.ts';
import { decide, HISTORY_JOBS, HISTORY_UNITS, history, historyJobs } from './random-history.contract.ts';
import type { OpenStore } from './store.contract.ts';
import { accountId, hostId, jobId, taskId } from './store-rows.contract.ts';

type AnyStore = Store & ReadStore;

const outcomeOf = (store: AnyStore, changes: ChangeSet) =>
  store.commit(changes).then(
    (outcome) => outcome,
    (error: { code: string }) => error.code,
  );

const sorted = <T>(rows: readonly T[]): T[] => [...rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

/** Which three of more accounts a cell names, and in which order, is the store's own affair. */
const comparable = ({ unitsPerCell, cells }: { unitsPerCell: number; cells: readonly JobCell[] }) => ({
  unitsPerCell,
  cells: cells.map(({ accounts, ...counts }) => ({
    ...counts,
    accounts: accounts.length < NAMES_PER_CELL ? sorted(accounts) : accounts.length,
  })),
});

/** Without their recent averages, whose last digits depend on the order of sums (CD9). */
const EARNERS: readonly [EarnerKind, string][] = [
  ...[1, 2, 3, 4].flatMap((n): [EarnerKind, string][] => [
    ['host', hostId(n)],
    ['account', accountId(n)],
  ]),
  ['team', 'Blue'],
  ['team', 'Red'],
];

const indexes = Array.from({ length: HISTORY_UNITS }, (_, index) => index);

/** Everything a store can be asked; where the order of equals is not promised, they are sorted. */
export async function snapshot(store: AnyStore) {
  const ofJob = async (n: number) => ({
    job: await store.loadJob(jobId(n)),
    results: await store.results(jobId(n), 0, 99),
    ready: await store.readyUnits(jobId(n), 1, 3),
    unsettled: await store.unsettledUnits(jobId(n), 0, 3),
    provisional: await store.provisionalUnits(jobId(n), 0, 3),
    units: sorted([...(await store.loadUnits(indexes.map((index) => ({ job: jobId(n), index })))).values()]),
    tallies: sorted(await store.loadTallies(jobId(n))),
    hosts: await store.hostsOf(jobId(n)),
    cells: comparable(await store.cells(jobId(n))),
    evidence: await Promise.all(indexes.map((index) => store.evidence({ job: jobId(n), index }))),
  });
  return {
    jobs: await Promise.all(HISTORY_JOBS.map(ofJob)),
    expired: sorted(await store.expiredUnits(10_030, 99)),
    leases: sorted(await store.liveLeases()),
    leasesOfOne: sorted(await store.liveLeases(hostId(1))),
    standings: sorted(await store.loadStandings(taskId(1))),
    leaders: sorted(await leadersOf(store, 99)),
    earners: await Promise.all(
      EARNERS.map(async ([kind, id]) => [{ ...(await store.earner(kind, id)), recent: 0 }, await store.creditDays(kind, id, 0)]),
    ),
    members: sorted(await store.membersOf('Blue', 99)).map(({ id }) => id),
    totals: await store.totals(),
  };
}

export function describeModel(open: OpenStore): void {
  describe('the memory model', () => {
    test('[ST2] after any history of commits, stale and contradictory ones among them, it answers as the model does', async () => {
      await fc.assert(
        fc.asyncProperty(history, async (steps) => {
          const model = createMemoryStore();
          await using store = await open();
          for (const each of [model, store]) await each.commit({ jobs: historyJobs });
          for (const step of steps) {
            const changes = await decide(model, step);
            expect(await outcomeOf(store, changes)).toEqual(await outcomeOf(model, changes));
          }
          expect(await snapshot(store)).toEqual(await snapshot(model));
          for (const each of [model, store]) await each.extendLeases(500, 1);
          expect(await snapshot(store)).toEqual(await snapshot(model));
        }),
        { numRuns: 60 },
      );
    });
  });
}
