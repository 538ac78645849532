/**
 * Random histories of commits that obey the unit's state machine: ended units stay ended, a replica once held stays with its holder.
 * Now and then a step is stale, or ends a unit twice, or repeats a posting: what stores must refuse.
 */
import { unitIdOf } from '@manyhands/protocol';
import fc from 'fast-check';
import type { ChangeSet, Ending } from '../domain/change-set.ts';
import type { Job } from '../domain/job.ts';
import { hasEnded, type Replica, type UnitState, type WorkUnit } from '../domain/work-unit.ts';
import type { Store } from '../ports/store.ts';
import { accountId, digest, endedAt, ending, holder, host, jobId, leaseId, posting, result } from './store-rows.contract.ts';

export const HISTORY_JOBS = [1, 2];
export const HISTORY_UNITS = 6;
const HOSTS = 4;

const hostNumber = fc.integer({ min: 1, max: HOSTS });
const replicaNumber = fc.integer({ min: 0, max: 2 });
const unitNumber = fc.record({ n: fc.constantFrom(...HISTORY_JOBS), index: fc.integer({ min: 0, max: HISTORY_UNITS - 1 }) });

const rarely = fc.integer({ min: 0, max: 19 }).map((n) => n === 0);

const replicaOf = (n: number, index: number): fc.Arbitrary<Replica> =>
  fc
    .record({ kind: fc.constantFrom('ready', 'leased', 'judged', 'lost'), no: replicaNumber, valid: fc.boolean() })
    .map(({ kind, no, valid }) => {
      if (kind === 'ready') return { kind, no };
      const held = { no, ...holder(1 + ((n + index + no) % HOSTS), index, no), lease: leaseId(n * 10_000 + index * 100 + no) };
      if (kind === 'leased') return { kind, ...held, deadlineAt: 10_000 + index * 10 + no };
      return kind === 'judged' ? { kind, ...held, digest: digest(no), returnedAt: 5, valid } : { kind: 'lost', ...held, cause: 'expired' };
    });

const state = fc.constantFrom<UnitState[]>(
  { kind: 'open' },
  { kind: 'open' },
  { kind: 'verifying' },
  { kind: 'final', digest: digest(1), at: endedAt },
  { kind: 'failed', reason: 'no-consensus', message: 'none', at: endedAt },
  { kind: 'cancelled', at: endedAt },
);

const wish = unitNumber.chain(({ n, index }) =>
  fc.record({
    n: fc.constant(n),
    index: fc.constant(index),
    state,
    replicas: fc.uniqueArray(replicaOf(n, index), { maxLength: 3, selector: ({ no }) => no }),
    stale: rarely.map(Number),
  }),
);
type Wish = typeof wish extends fc.Arbitrary<infer T> ? T : never;

const step = fc.record({
  wishes: fc.uniqueArray(wish, { maxLength: 5, selector: ({ n, index }) => `${n}/${index}` }),
  results: fc.array(fc.record({ ref: unitNumber, no: replicaNumber, by: hostNumber, late: fc.boolean() }), { maxLength: 2 }),
  postings: fc.array(fc.record({ ref: unitNumber, no: replicaNumber, by: hostNumber, microcredits: fc.integer() }), { maxLength: 2 }),
  hosts: fc.array(
    fc.record({ n: hostNumber, account: hostNumber, displayName: fc.constantFrom(null, 'Ada', 'Ben'), lastSeenAt: fc.nat(99) }),
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
export async function decide(store: Store, { wishes, results, postings, hosts, astray, growth }: Step): Promise<ChangeSet> {
  const named = [...wishes, ...results.map(({ ref }) => ref), ...postings.map(({ ref }) => ref)];
  const loaded = await store.loadUnits(named.map(({ n, index }) => ({ job: jobId(n), index })));
  const exists = ({ ref: { n, index } }: { ref: { n: number; index: number } }) =>
    astray || loaded.has(unitIdOf(jobId(n), index)) || wishes.some((wanted) => wanted.n === n && wanted.index === index);
  const decided = wishes.map((wanted) => ({ wanted, stored: loaded.get(unitIdOf(jobId(wanted.n), wanted.index)) }));
  const grown = growth === null ? null : await store.loadJob(jobId(1));
  return {
    units: decided.map(({ wanted, stored }) => nextRevision(wanted, stored)),
    endings: decided.flatMap(({ wanted, stored }) => endingOf(wanted, stored)),
    results: results.filter(exists).map(({ ref, no, by, late }, i) => result(ref.n, ref.index, by, { no, late, receivedAt: 100 + i })),
    postings: postings.filter(exists).map(({ ref, no, by, microcredits }) => posting(ref.n, ref.index, by, { no, microcredits })),
    hosts: hosts.map(({ n, account, ...rest }) => host(n, { account: accountId(account), ...rest })),
    jobs: grown === null ? [] : [grow(grown, growth ?? 0)],
  };
}

const grow = (job: Job, by: number): Job => ({ ...job, revision: job.revision + 1, unitCount: job.unitCount + by });

const nextRevision = ({ n, index, state: wanted, replicas, stale }: Wish, stored: WorkUnit | undefined): WorkUnit => ({
  job: jobId(n),
  index,
  revision: (stored?.revision ?? 0) + 1 + stale,
  state: stored !== undefined && hasEnded(stored) ? stored.state : wanted,
  replicas: succeed(stored?.replicas ?? [], replicas),
});

/** What was held once stays in the unit's history; the rest is drawn anew. */
function succeed(stored: readonly Replica[], drawn: readonly Replica[]): Replica[] {
  const held = stored.filter(({ kind }) => kind !== 'ready');
  const fresh = drawn.filter(({ kind, no }) => kind !== 'ready' || held.every((replica) => replica.no !== no));
  return [...held.filter(({ no }) => fresh.every((replica) => replica.no !== no)), ...fresh].sort((a, b) => a.no - b.no);
}

function endingOf({ n, index, state: { kind } }: Wish, stored: WorkUnit | undefined): Ending[] {
  const stays = stored !== undefined && hasEnded(stored) && stored.state.kind !== kind;
  return kind === 'open' || kind === 'verifying' || stays ? [] : [ending(n, index, { state: kind, no: kind === 'final' ? 0 : null })];
}
