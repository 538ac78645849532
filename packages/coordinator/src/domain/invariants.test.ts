import { accountId, digestOf, failure, hostId, issue, jobFacts, jobId, quorumOf, release, result } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import type { Ending, Posting, StoredResult } from './change-set.ts';
import { historyViolations } from './history-invariants.ts';
import { findViolations, type Snapshot } from './invariants.ts';
import { type Job, ZERO_COUNTS } from './job.ts';
import { addCounts, endWhenDone } from './job-transitions.ts';
import { NO_TRUST } from './transition.ts';
import type { UnitCommand } from './unit-command.ts';
import { transition } from './unit-machine.ts';
import { createUnit, type Replica, type WorkUnit } from './work-unit.ts';

/** Unit 0 is final with two valid results and one invalid; unit 1 is open with one result, one lease and one loss. */
const STORY: UnitCommand[] = [
  issue(1, 11),
  issue(2, 12),
  result(1, 'a', 11),
  result(2, 'b', 12),
  issue(3, 13),
  result(3, 'a', 13),
  issue(1, 21, { index: 1 }),
  issue(2, 22, { index: 1 }),
  { ...release(1, 21), index: 1 },
  result(2, 'x', 22, { index: 1 }),
  issue(4, 24, { index: 1 }),
];

function tell(commands: readonly UnitCommand[]): Snapshot {
  let job: Job = { ...jobFacts(2), verify: quorumOf(2), counts: ZERO_COUNTS };
  const units = new Map<number, WorkUnit>();
  const [results, endings, postings]: [StoredResult[], Ending[], Posting[]] = [[], [], []];
  for (const command of commands) {
    const before = units.get(command.index) ?? createUnit(command, 2);
    const context = {
      now: 1_000,
      verify: job.verify,
      timeoutMs: 60_000,
      maxReplicas: 10,
      maxErrors: 3,
      typicalCredit: null,
      trust: NO_TRUST,
    };
    const answer = transition(before, command, context);
    units.set(command.index, { ...answer.unit, revision: before.revision + 1 });
    results.push(...answer.results);
    postings.push(...answer.postings);
    if (answer.ending !== null) endings.push(answer.ending);
    job = endWhenDone({ ...job, nextFresh: units.size, counts: addCounts(job.counts, answer.countsDelta) }, 1_000);
  }
  return { jobs: [job], units: [...units.values()], results, endings, postings, maxReplicas: 10, maxErrors: 3 };
}

const playThrough = (host: number, lease: number, index: number) => [issue(host, lease, { index }), result(host, 'a', lease, { index })];

const healthy = tell(STORY);
const rulesOf = (snapshot: Snapshot) => [...new Set(findViolations(snapshot).map(({ rule }) => rule))];

const withUnit = (index: number, change: (unit: WorkUnit) => WorkUnit): Snapshot => ({
  ...healthy,
  units: healthy.units.map((unit) => (unit.index === index ? change(unit) : unit)),
});
const withReplica = (index: number, no: number, change: (replica: Replica) => Partial<Replica>): Snapshot =>
  withUnit(index, (unit) => ({
    ...unit,
    replicas: unit.replicas.map((replica) => (replica.no === no ? ({ ...replica, ...change(replica) } as Replica) : replica)),
  }));
const withJob = (over: Partial<Job>): Snapshot => ({ ...healthy, jobs: healthy.jobs.map((job) => ({ ...job, ...over })) });
const posting = healthy.postings[0] as Posting;
const takenBack = (granted: Posting): Posting => ({ ...granted, kind: 'revocation', microcredits: -granted.microcredits });

test('[WU25] healthy books have no violation', () => {
  expect(findViolations(healthy)).toEqual([]);
  expect(healthy.units.map(({ state }) => state.kind)).toEqual(['final', 'open']);
  const failed = tell([issue(1), failure(1, 'fatal'), issue(2), failure(2, 'fatal'), issue(1, 5, { index: 1 })]);
  expect(failed.units[0]?.state.kind).toBe('failed');
  expect(findViolations(failed)).toEqual([]);
  const done = tell([0, 1].flatMap((index) => [1, 2].flatMap((host) => playThrough(host, host + 10 * index, index))));
  expect(done.jobs[0]?.state).toBe('done');
  expect(findViolations(done)).toEqual([]);
});

const faults: [name: string, rule: string, snapshot: Snapshot][] = [
  ['a result of another host', 'I2', { ...healthy, results: healthy.results.map((r, i) => (i === 0 ? { ...r, host: hostId(9) } : r)) }],
  [
    'a result of a replica that was never leased',
    'I2',
    { ...healthy, results: healthy.results.map((r, i) => (i === 0 ? { ...r, no: 9 } : r)) },
  ],
  ['a result changed in storage', 'I2', withReplica(0, 0, () => ({ digest: digestOf('z') }))],
  [
    'a counted result of a lost lease',
    'I2',
    { ...healthy, results: [...healthy.results, { ...(healthy.results[3] as StoredResult), no: 0 }] },
  ],
  ['a result while its lease still lives', 'I2', withReplica(1, 1, ({ no }) => ({ kind: 'leased', no }) as Partial<Replica>)],
  ['a result of a ready replica', 'I2', withReplica(1, 1, () => ({ kind: 'ready' }))],
  ['an ending that was not stored', 'I3', { ...healthy, endings: [] }],
  ['counts that are not those of the units', 'I3', withJob({ counts: { ...(healthy.jobs[0] as Job).counts, idle: 5 } })],
  ['a row for a unit nobody was given', 'I3', withUnit(1, (unit) => ({ ...unit, revision: 0, replicas: [{ kind: 'ready', no: 0 }] }))],
  ['a result stored twice', 'I4', { ...healthy, results: [...healthy.results, healthy.results[0] as StoredResult] }],
  ['a unit handed out of order', 'I5', withUnit(1, (unit) => ({ ...unit, index: 7 }))],
  ['a unit without a row', 'I5', withJob({ nextFresh: 1 })],
  ['more handed out than there is', 'I5', withJob({ unitCount: 1 })],
  ['two endings', 'I8', { ...healthy, endings: [...healthy.endings, ...healthy.endings] }],
  ['an ending of another kind', 'I8', { ...healthy, endings: healthy.endings.map((ending) => ({ ...ending, state: 'failed' as const })) }],
  ['a valid result that differs', 'I8', withReplica(0, 1, () => ({ valid: true }))],
  ['a valid result in an open unit', 'I8', withUnit(0, (unit) => ({ ...unit, state: { kind: 'open' } }))],
  ['an end without a time', 'I9', withJob({ state: 'done' })],
  ['numbers out of order', 'I10', withUnit(1, (unit) => ({ ...unit, replicas: unit.replicas.toReversed() }))],
  ['a lease given twice', 'I10', withReplica(1, 2, () => ({ lease: issue(1, 11).lease }))],
  ['one host twice', 'I11', withReplica(0, 1, () => ({ host: hostId(1) }))],
  ['one account twice', 'I11', withReplica(0, 1, () => ({ account: accountId(1) }))],
  ['too many replicas', 'I12', { ...healthy, maxReplicas: 2 }],
  [
    'too many errors',
    'I12',
    {
      ...withUnit(1, (unit) => ({
        ...unit,
        replicas: unit.replicas.map((replica) => ({ ...replica, kind: 'lost', cause: 'errored' }) as Replica),
      })),
      maxErrors: 1,
    },
  ],
  ['final on one word', 'I15', withReplica(0, 2, () => ({ account: accountId(1) }))],
  ['a posting twice', 'I22', { ...healthy, postings: [...healthy.postings, posting] }],
  ['a valid result unpaid', 'I22', { ...healthy, postings: healthy.postings.slice(1) }],
  ['an invalid result paid', 'I22', { ...healthy, postings: [...healthy.postings, { ...posting, no: 1 }] }],
  ['a result of nobody paid', 'I22', { ...healthy, postings: [...healthy.postings, { ...posting, index: 9 }] }],
  ['a valid result whose credit was taken back', 'I22', { ...healthy, postings: [...healthy.postings, takenBack(posting)] }],
  ['less taken back than granted', 'I23', { ...healthy, postings: [...healthy.postings, { ...takenBack(posting), microcredits: 1 }] }],
  ['taken back what was never granted', 'I23', { ...healthy, postings: [...healthy.postings, takenBack({ ...posting, no: 1 })] }],
  ['a posting too large', 'I25', { ...healthy, postings: healthy.postings.map((p) => ({ ...p, microcredits: 1e12 })) }],
  ['a negative posting', 'I25', { ...healthy, postings: healthy.postings.map((p) => ({ ...p, microcredits: -1 })) }],
  ['half a microcredit', 'I25', { ...healthy, postings: healthy.postings.map((p) => ({ ...p, microcredits: 0.5 })) }],
  ['credit in a job nobody knows', 'I25', { ...healthy, postings: [...healthy.postings, { ...posting, job: jobId(8), microcredits: 1 }] }],
  ['a lease lost from the books', 'I26', withJob({ counts: { ...(healthy.jobs[0] as Job).counts, issued: 9 } })],
  ['a job that hides its end', 'I27', withJob({ unitCount: 1, nextFresh: 1 })],
  [
    'an open unit nobody cares for',
    'I28',
    withUnit(1, (unit) => ({ ...unit, replicas: unit.replicas.filter(({ kind }) => kind === 'returned') })),
  ],
  [
    'a check nobody awaits',
    'I28',
    withUnit(1, (unit) => ({ ...unit, state: { kind: 'verifying' }, replicas: [{ kind: 'ready', no: 0 }] })),
  ],
  ['a unit of no job', 'I28', { ...healthy, jobs: [] }],
  ['an open unit in a cancelled job', 'I36', withJob({ state: 'cancelled', endedAt: 5 })],
  ['a ready replica in an ended unit', 'I37', withUnit(0, (unit) => ({ ...unit, replicas: [...unit.replicas, { kind: 'ready', no: 3 }] }))],
  ['a lease in a failed unit', 'I37', withUnit(1, (unit) => ({ ...unit, state: { kind: 'failed', reason: 'fatal', message: '', at: 1 } }))],
];

test.each(faults)('[WU25] finds %s', (_, rule, snapshot) => {
  expect(rulesOf(snapshot)).toContain(rule);
});

test('[WU25] a cancelled job may still be cancelling its units', () => {
  expect(rulesOf(withJob({ state: 'cancelled' }))).toEqual([]);
});

test('[WU22] history: what ended stays, and replicas never come back', () => {
  const [final, open] = healthy.units as [WorkUnit, WorkUnit];
  const ruleOf = (before: WorkUnit, after: WorkUnit) => historyViolations(before, after).map(({ rule }) => rule);
  expect(ruleOf(final, final)).toEqual([]);
  expect(ruleOf(final, { ...final, state: { kind: 'open' } })).toEqual(['I9']);
  expect(ruleOf(open, { ...open, replicas: [] })).toEqual(['I10']);
  const fresh = createUnit({ job: jobId(1), index: 0 }, 3);
  expect(ruleOf(fresh, { ...fresh, replicas: [] })).toEqual(['I10']);
  expect(ruleOf(fresh, { ...fresh, state: { kind: 'cancelled', at: 1 }, replicas: [] })).toEqual([]);
  const alter = (no: number, change: object): WorkUnit => ({
    ...open,
    replicas: open.replicas.map((r) => (r.no === no ? ({ ...r, ...change } as Replica) : r)),
  });
  expect(ruleOf(open, alter(0, { kind: 'leased' }))).toEqual(['I10']);
  expect(ruleOf(open, alter(2, { host: hostId(8) }))).toEqual(['I10']);
  expect(ruleOf(open, alter(2, { lease: issue(1, 99).lease }))).toEqual(['I10']);
  expect(ruleOf(open, alter(2, { kind: 'ready' }))).toEqual(['I10']);
});
