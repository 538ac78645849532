/**
 * Random histories of commits that obey the unit's state machine: ended units stay ended, a replica once held stays with its holder.
 * Now and then a step is stale, or ends a unit twice, or repeats a posting: what stores must refuse.
 */
import { unitIdOf } from '@manyhands/protocol';
import fc from 'fast-check';
import type { ChangeSet, Ending } from '../domain/change-set.ts';
import type { Job } from '../domain/job.ts';
import { hasEnded, type Replica, type Retraction, type UnitState, type WorkUnit } from '../domain/work-unit.ts';
import type { Store } from '../ports/store.ts';
import {
  accountId,
  digest,
  endedAt,
  ending,
  holder,
  host,
  job,
  jobId,
  leaseId,
  posting,
  result,
  standing,
  takenBack,
  tally,
} from './store-rows.contract.ts';

export const HISTORY_JOBS = [1, 2];
/** One per policy. */
export const historyJobs: readonly Job[] = [
  job(1, { unitCount: 300 }),
  job(2, { unitCount: 300, verify: { kind: 'confidence', wrongIn: 10_000, agree: { kind: 'exact' } } }),
];
export const HISTORY_UNITS = 6;
const HOSTS = 4;

const hostNumber = fc.integer({ min: 1, max: HOSTS });
const replicaNumber = fc.integer({ min: 0, max: 2 });
const unitNumber = fc.record({ n: fc.constantFrom(...HISTORY_JOBS), index: fc.integer({ min: 0, max: HISTORY_UNITS - 1 }) });

const rarely = fc.integer({ min: 0, max: 19 }).map((n) => n === 0);

const replicaOf = (n: number, index: number): fc.Arbitrary<Replica> =>
  fc
    .record({
      kind: fc.constantFrom('ready', 'leased', 'judged', 'lost'),
      no: replicaNumber,
      valid: fc.boolean(),
      earned: fc.constantFrom({}, { isChecked: true }, { credited: 0 }, { isChecked: true, credited: 70 }),
    })
    .map(({ kind, no, valid, earned }) => {
      if (kind === 'ready') return { kind, no };
      const held = { no, ...holder(1 + ((n + index + no) % HOSTS), index, no), lease: leaseId(n * 10_000 + index * 100 + no) };
      if (kind === 'leased') return { kind, ...held, deadlineAt: 10_000 + index * 10 + no };
      return kind === 'judged'
        ? { kind, ...held, digest: digest(no), returnedAt: 5, valid, ...earned }
        : { kind: 'lost', ...held, cause: 'expired' };
    });

const state = fc.constantFrom<UnitState[]>(
  { kind: 'open' },
  { kind: 'open' },
  { kind: 'verifying' },
  { kind: 'provisional', digest: digest(1), at: endedAt },
  { kind: 'provisional', digest: digest(2), at: endedAt },
  { kind: 'final', digest: digest(1), at: endedAt },
  { kind: 'final', digest: digest(1), at: endedAt, grounds: { kind: 'referee' } },
  { kind: 'final', digest: digest(1), at: endedAt, grounds: { kind: 'odds', phi: 1 / 3, members: [{ no: 0, checks: 12 }] } },
  { kind: 'failed', reason: 'no-consensus', message: 'none', at: endedAt },
  { kind: 'cancelled', at: endedAt },
);

const wish = unitNumber.chain(({ n, index }) =>
  fc.record({
    n: fc.constant(n),
    index: fc.constant(index),
    state,
    truth: fc.constantFrom<Pick<WorkUnit, 'truth'>[]>({}, {}, { truth: null }, { truth: digest(1) }),
    replicas: fc.uniqueArray(replicaOf(n, index), { maxLength: 3, selector: ({ no }) => no }),
    stale: rarely.map(Number),
    /** What is final is taken back first. */
    isTakenBack: fc.boolean(),
  }),
);
type Wish = typeof wish extends fc.Arbitrary<infer T> ? T : never;

/** A result is granted credit, or loses it again, now and then before it had any: what stores must refuse. */
const BECOME = ['granted', 'granted', 'granted', 'both', 'takenBack'] as const;

const step = fc.record({
  wishes: fc.uniqueArray(wish, { maxLength: 5, selector: ({ n, index }) => `${n}/${index}` }),
  results: fc.array(fc.record({ ref: unitNumber, no: replicaNumber, by: hostNumber, late: fc.boolean() }), { maxLength: 2 }),
  postings: fc.array(fc.record({ ref: unitNumber, no: replicaNumber, become: fc.constantFrom(...BECOME) }), { maxLength: 2 }),
  standings: fc.array(fc.record({ by: hostNumber, passed: fc.nat(9), isBanned: fc.boolean() }), { maxLength: 2 }),
  tallies: fc.array(fc.record({ n: fc.constantFrom(...HISTORY_JOBS), by: hostNumber, checks: fc.nat(9) }), { maxLength: 2 }),
  hosts: fc.array(
    fc.record({
      n: hostNumber,
      account: hostNumber,
      displayName: fc.constantFrom(null, 'Ada', 'Ben'),
      team: fc.constantFrom(null, 'Blue', 'Red'),
      lastSeenAt: fc.nat(99),
    }),
    {
      maxLength: 1,
    },
  ),
  /** Whether results and postings may name units that have no row. */
  astray: rarely,
  growth: fc.constantFrom(null, 0, 150, 900),
});
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

export const history = fc.array(step, { minLength: 1, maxLength: 12 });

/** What the step comes to on the store's present state. */
export async function decide(
  store: Store,
  { wishes, results, postings, standings, tallies, hosts, astray, growth }: Step,
): Promise<ChangeSet> {
  const named = [...wishes, ...results.map(({ ref }) => ref), ...postings.map(({ ref }) => ref)];
  const loaded = await store.loadUnits(named.map(({ n, index }) => ({ job: jobId(n), index })));
  const exists = ({ ref: { n, index } }: { ref: { n: number; index: number } }) =>
    astray || loaded.has(unitIdOf(jobId(n), index)) || wishes.some((wanted) => wanted.n === n && wanted.index === index);
  const decided = wishes.map((wanted) => ({ wanted, stored: loaded.get(unitIdOf(jobId(wanted.n), wanted.index)) }));
  const grown = growth === null ? null : await store.loadJob(jobId(1));
  return {
    units: decided.map(({ wanted, stored }) => nextRevision(wanted, stored)),
    retractions: decided
      .filter(({ wanted, stored }) => takesBack(wanted, stored))
      .map(({ wanted: { n, index } }) => ({ job: jobId(n), index })),
    endings: decided.flatMap(({ wanted, stored }) => endingOf(wanted, stored)),
    results: results.filter(exists).map(({ ref, no, by, late }, i) => result(ref.n, ref.index, by, { no, late, receivedAt: 100 + i })),
    postings: postings.filter(exists).flatMap(({ ref, no, become }) => {
      const granted = posting(ref.n, ref.index, 1 + ((ref.index + no) % HOSTS), { no, microcredits: ref.index * 70 });
      return become === 'granted' ? [granted] : become === 'both' ? [granted, takenBack(granted)] : [takenBack(granted)];
    }),
    standings: standings.map(({ by, ...earned }) => standing(by, 1, earned)),
    tallies: tallies.map(({ n, by, checks }) => tally(n, by, { checks })),
    hosts: hosts.map(({ n, account, ...rest }) => host(n, { account: accountId(account), ...rest })),
    jobs: grown === null ? [] : [grow(grown, growth ?? 0)],
  };
}

const grow = (job: Job, by: number): Job => ({ ...job, revision: job.revision + 1, unitCount: job.unitCount + by });

const takesBack = ({ isTakenBack }: Wish, stored: WorkUnit | undefined): boolean => isTakenBack && stored?.state.kind === 'final';

function nextRevision(wish: Wish, stored: WorkUnit | undefined): WorkUnit {
  const { n, index, state: wanted, truth, replicas, stale } = wish;
  const isTakenBack = takesBack(wish, stored);
  const retractions = [...(stored?.retractions ?? []), ...(isTakenBack ? [retraction] : [])];
  return {
    job: jobId(n),
    index,
    revision: (stored?.revision ?? 0) + 1 + stale,
    state: stored !== undefined && hasEnded(stored) && !isTakenBack ? stored.state : wanted,
    replicas: succeed(stored?.replicas ?? [], replicas),
    ...truth,
    ...(retractions.length > 0 && { retractions }),
  };
}

const retraction: Retraction = {
  reason: 'refuted',
  digest: digest(1),
  finalAt: endedAt,
  at: endedAt + 1,
  grounds: { kind: 'odds', phi: 1 / 3, members: [{ no: 0, checks: 12 }] },
  canaries: [2],
};

/** What was held once stays in the unit's history; the rest is drawn anew. */
function succeed(stored: readonly Replica[], drawn: readonly Replica[]): Replica[] {
  const held = stored.filter(({ kind }) => kind !== 'ready');
  const fresh = drawn.filter(({ kind, no }) => kind !== 'ready' || held.every((replica) => replica.no !== no));
  return [...held.filter(({ no }) => fresh.every((replica) => replica.no !== no)), ...fresh].sort((a, b) => a.no - b.no);
}

function endingOf(wish: Wish, stored: WorkUnit | undefined): Ending[] {
  const {
    n,
    index,
    state: { kind },
  } = wish;
  const stays = stored !== undefined && hasEnded(stored) && stored.state.kind !== kind && !takesBack(wish, stored);
  return kind === 'open' || kind === 'verifying' || kind === 'provisional' || stays
    ? []
    : [ending(n, index, { state: kind, no: kind === 'final' ? 0 : null })];
}
