/** Random walks under `confidence`: whatever is asked of units in whatever order, the books and what rests on hosts stay right after every step. */

import type { HostId } from '@manyhands/protocol';
import {
  accountId,
  audit,
  confirmation,
  digestOf,
  duplication,
  hostId,
  issue,
  jobId,
  leaseId,
  retraction,
  taskId,
} from '@manyhands/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConfidenceBooks } from '../../test/confidence-books.ts';
import { historyViolations } from './history-invariants.ts';
import { findViolations, type Violation } from './invariants.ts';
import { createStanding, isEstablished } from './standing.ts';
import { createTally } from './tally.ts';
import type { UnitCommand } from './unit-command.ts';

const UNITS = 4;
const HOSTS = 8;
const LEASE_MS = 100;
/** Of every unit. */
const RIGHT = 'a';

/** Half of the hosts are established at the beginning, or it would take a walk to become so. */
function books(wrongIn: number): ConfidenceBooks {
  const made = new ConfidenceBooks(UNITS, wrongIn);
  for (let host = 0; host < HOSTS / 2; host++) {
    const standing = createStanding(taskId(1), hostId(host), accountId(host), 8);
    made.standings.set(hostId(host), { ...standing, passed: 3, verified: 3 });
    made.tallies.set(hostId(host), { ...createTally(jobId(1), hostId(host)), checks: 3 + host });
  }
  made.census = { seen: HOSTS / 2, convicted: 0 };
  made.onChange = (before, after) => expect(historyViolations(before, after)).toEqual([]);
  return made;
}

type Step = (books: ConfidenceBooks) => void;

/** A lease that was given at some time, quoted by its holder; one that never was when there is none. */
function quote(made: ConfidenceBooks, index: number, pick: number) {
  const held = made.units.get(index)?.replicas.filter((replica) => replica.kind !== 'ready') ?? [];
  const live = held.filter(({ kind }) => kind === 'leased');
  const from = pick % 4 === 0 || live.length === 0 ? held : live;
  const holder = from[pick % Math.max(1, from.length)];
  return { job: jobId(1), index, lease: holder?.lease ?? leaseId(0), host: holder?.host ?? hostId(77) };
}

const index = fc.nat(UNITS - 1);
const host = fc.nat(HOSTS - 1);
let leases = 0;
const toLease = (made: ConfidenceBooks, at: number, who: number) => ({
  ...issue(who, ++leases),
  index: Math.min(at, made.units.size),
  deadlineAt: made.now + LEASE_MS,
});

const give = fc.tuple(index, host).map(
  ([at, who]): Step =>
    (made) => {
      const lease = toLease(made, at, who);
      if (lease.index < UNITS) made.apply(lease);
    },
);
const giveCanary = fc.tuple(index, host).map(
  ([at, who]): Step =>
    (made) => {
      if (made.units.has(at)) made.apply({ ...toLease(made, at, who), kind: 'issue-canary' });
    },
);
const answer = fc
  .tuple(index, fc.nat(11), fc.constantFrom(RIGHT, RIGHT, RIGHT, RIGHT, 'b', 'c'), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(
    ([at, pick, output, draw]): Step =>
      (made) => {
        if (made.units.has(at))
          submitTwice(made, { kind: 'record-result', ...quote(made, at, pick), digest: digestOf(output), output, elapsedMs: 1, draw });
      },
  );
const error = fc.tuple(index, fc.nat(11), fc.constantFrom('thrown' as const, 'fatal' as const)).map(
  ([at, pick, kind]): Step =>
    (made) => {
      if (made.units.has(at))
        submitTwice(made, { kind: 'record-error', ...quote(made, at, pick), error: kind, message: kind, elapsedMs: 1 });
    },
);
const release = fc.tuple(index, fc.nat(11)).map(
  ([at, pick]): Step =>
    (made) => {
      if (made.units.has(at)) made.apply({ kind: 'release-lease', ...quote(made, at, pick) });
    },
);
const wait = fc.nat(60).map(
  (ms): Step =>
    (made) => {
      made.now += ms;
    },
);
const ask = (command: UnitCommand) =>
  index.map(
    (at): Step =>
      (made) => {
        if (made.units.has(at)) made.apply({ ...command, index: at });
      },
  );
const referee = fc.nat(9).map(
  (odd): Step =>
    (made) => {
      const at = made.refereeAsked.shift();
      if (at === undefined) return;
      if (odd === 0) made.apply({ kind: 'fail-referee', job: jobId(1), index: at, message: 'no' });
      else made.apply({ kind: 'record-truth', job: jobId(1), index: at, digest: digestOf(RIGHT) });
    },
);

/** I4: the repeat gets the same answer and changes nothing. */
function submitTwice(made: ConfidenceBooks, command: UnitCommand): void {
  const first = made.apply(command);
  const second = made.apply(command);
  expect(second.outcome).toEqual(first.outcome);
  expect(second).toMatchObject({ results: [], postings: [], ending: null, countsDelta: {}, hostEvents: [] });
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: give },
  { weight: 9, arbitrary: answer },
  { weight: 1, arbitrary: error },
  { weight: 1, arbitrary: release },
  { weight: 1, arbitrary: wait },
  { weight: 1, arbitrary: ask({ kind: 'expire-leases', job: jobId(1), index: 0 }) },
  { weight: 2, arbitrary: giveCanary },
  { weight: 3, arbitrary: referee },
  { weight: 2, arbitrary: ask(audit()) },
  { weight: 1, arbitrary: ask(audit('referee')) },
  { weight: 1, arbitrary: ask(duplication()) },
);
const steps = fc.array(step, { minLength: 1, maxLength: 90, size: 'max' });

const convictionsOf = (made: ConfidenceBooks): number => made.events.filter(({ kind }) => kind === 'convicted').length;

/** I19: what one host alone said is not believed once it is convicted. */
function assertNothingRestsOn(made: ConfidenceBooks, convicted: readonly HostId[]): void {
  for (const { state, replicas } of made.units.values())
    if (state.kind === 'provisional')
      for (const replica of replicas) if (replica.kind === 'judged' && replica.valid) expect(convicted).not.toContain(replica.host);
}

const faults = (made: ConfidenceBooks): Violation[] => findViolations(made.snapshot);

/** VF80: what ground truth speaks against is not final. */
function assertNothingRefuted({ units }: ConfidenceBooks): void {
  for (const { state, truth } of units.values()) if (state.kind === 'final' && typeof truth === 'string') expect(state.digest).toBe(truth);
}

/** I22, I23: an account has what its valid results were credited, and nothing else. */
function assertPaid({ units, postings }: ConfidenceBooks): void {
  const keyOf = ({ index: at, no }: { index: number; no: number }) => `${at} ${no}`;
  const valid = new Set<string>();
  for (const { index: at, replicas } of units.values())
    for (const replica of replicas) if (replica.kind === 'judged' && replica.valid) valid.add(keyOf({ index: at, no: replica.no }));
  const standing = postings.filter((posting) => posting.kind === 'valid-result' && valid.has(keyOf(posting)));
  expect(standing).toHaveLength(valid.size);
  const sum = (all: readonly { microcredits: number }[]) => all.reduce((total, { microcredits }) => total + microcredits, 0);
  expect(sum(postings)).toBe(sum(standing));
}

function walk(made: ConfidenceBooks, path: readonly Step[]): void {
  for (const one of path) {
    const before = convictionsOf(made);
    one(made);
    expect(faults(made)).toEqual([]);
    assertPaid(made);
    assertNothingRefuted(made);
    const convicted = made.events.filter(({ kind }) => kind === 'convicted').slice(before);
    assertNothingRestsOn(
      made,
      convicted.map(({ host: who }) => who),
    );
  }
}

test.each([10, 1_000, 1_000_000])(
  '[VF35] [VF80] [VF81] [VF82] [WU24] [WU22] [WU1] after every step of a random walk the books are right: 1 in %i',
  (wrongIn) => {
    fc.assert(
      fc.property(steps, (path) => walk(books(wrongIn), path)),
      { numRuns: 200 },
    );
  },
);

test('[VF35] [VF30] the audit at the end makes final what suffices, and the books are right then too', () => {
  fc.assert(
    fc.property(steps, fc.constantFrom(10, 1_000), (path, wrongIn) => {
      const made = books(wrongIn);
      walk(made, path);
      for (const at of made.units.keys()) made.apply({ ...confirmation(), index: at });
      expect(faults(made)).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

/** Most lie, and say the same: much is final that is wrong. */
const lie = fc.tuple(index, fc.nat(11), fc.constantFrom('b', 'b', RIGHT)).map(
  ([at, pick, output]): Step =>
    (made) => {
      if (made.units.has(at))
        submitTwice(made, { kind: 'record-result', ...quote(made, at, pick), digest: digestOf(output), output, elapsedMs: 1 });
    },
);
const confirm = ask(confirmation());
const lyingSteps = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: give },
    { weight: 9, arbitrary: lie },
    { weight: 2, arbitrary: giveCanary },
    { weight: 1, arbitrary: error },
    { weight: 1, arbitrary: wait },
    { weight: 1, arbitrary: ask({ kind: 'expire-leases', job: jobId(1), index: 0 }) },
    { weight: 3, arbitrary: referee },
    { weight: 1, arbitrary: confirm },
    { weight: 1, arbitrary: ask(retraction()) },
    { weight: 1, arbitrary: ask({ kind: 'cancel', job: jobId(1), index: 0 }) },
  ),
  { minLength: 1, maxLength: 90, size: 'max' },
);

test('[VF80] [VF81] [VF82] where liars have much made final, it is taken back with everything that follows, and the books are right after every step', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(lyingSteps, fc.constantFrom(2, 10), (path, wrongIn) => {
      const made = books(wrongIn);
      walk(made, path);
      for (const { retractions = [], state } of made.units.values())
        for (const { reason } of retractions) seen.add(`${reason}, and ${state.kind}`);
      if (made.job.counts.retracted > 0 && made.job.state === 'done') seen.add('a job done again');
    }),
    { numRuns: 150, seed: 3 },
  );
  const ends = ['refuted, and final', 'convicted, and open'];
  expect([...seen]).toEqual(expect.arrayContaining(ends));
});

test('[VF35] a walk gets everywhere: every end, every event', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(steps, (path) => {
      const made = books(1_000);
      walk(made, path);
      for (const { kind } of made.events) seen.add(kind);
      for (const { state } of made.units.values())
        seen.add(state.kind === 'final' ? `final by ${state.grounds?.kind}` : `a unit ${state.kind}`);
      if ([...made.standings.values()].filter(isEstablished).length > HOSTS / 2) seen.add('a newcomer established');
      if (made.postings.some(({ microcredits }) => microcredits < 0)) seen.add('credit taken back');
    }),
    { numRuns: 400, seed: 1 },
  );
  const events = ['passed', 'failed', 'convicted', 'errored', 'absolved', 'a newcomer established', 'credit taken back'];
  const states = ['a unit open', 'a unit verifying', 'a unit provisional', 'a unit failed', 'final by odds', 'final by referee'];
  expect([...seen]).toEqual(expect.arrayContaining([...events, ...states]));
});
