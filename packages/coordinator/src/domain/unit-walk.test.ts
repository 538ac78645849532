/** Random walks: whatever is asked of units, in whatever order, the books stay right after every step. */
import { digestOf, hostId, issue, jobFacts, jobId, leaseId, quorumOf, result } from '@manyhands/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Ending, Posting, StoredResult } from './change-set.ts';
import { historyViolations } from './history-invariants.ts';
import { findViolations, type Snapshot } from './invariants.ts';
import { type Job, ZERO_COUNTS } from './job.ts';
import { addCounts, endWhenDone } from './job-transitions.ts';
import { resultsWanted } from './replication.ts';
import { NO_TRUST, type Transition, type TransitionContext } from './transition.ts';
import type { UnitCommand } from './unit-command.ts';
import { transition } from './unit-machine.ts';
import { createUnit, type WorkUnit } from './work-unit.ts';

const UNITS = 3;
const LEASE_MS = 100;

/** The books as a store would keep them, in memory. */
class Books {
  job: Job;
  now = 1_000;
  readonly units = new Map<number, WorkUnit>();
  readonly results: StoredResult[] = [];
  readonly endings: Ending[] = [];
  readonly postings: Posting[] = [];
  readonly pendingChecks: { index: number; no: number }[] = [];
  #leases = 0;

  constructor(verify: Job['verify']) {
    this.job = { ...jobFacts(UNITS), verify, counts: ZERO_COUNTS };
  }

  get snapshot(): Snapshot {
    return {
      jobs: [this.job],
      units: [...this.units.values()],
      results: this.results,
      endings: this.endings,
      postings: this.postings,
      ...BOUNDS,
    };
  }

  apply(command: UnitCommand): Transition {
    const before = this.units.get(command.index) ?? createUnit(command, resultsWanted(this.job.verify));
    const answer = transition(before, command, this.context);
    expect(historyViolations(before, answer.unit)).toEqual([]);
    if (answer.unit !== before) this.units.set(command.index, { ...answer.unit, revision: before.revision + 1 });
    this.results.push(...answer.results);
    this.postings.push(...answer.postings);
    if (answer.ending !== null) this.endings.push(answer.ending);
    for (const effect of answer.effects) if (effect.kind === 'judge') this.pendingChecks.push(effect);
    this.job = endWhenDone({ ...this.job, nextFresh: this.units.size, counts: addCounts(this.job.counts, answer.countsDelta) }, this.now);
    return answer;
  }

  /** Fresh units are handed out in order. */
  issue(index: number, host: number, account: number): void {
    this.apply({ ...issue(host, ++this.#leases, { account }), index: Math.min(index, this.units.size), deadlineAt: this.now + LEASE_MS });
  }

  get context(): TransitionContext {
    return { now: this.now, verify: this.job.verify, timeoutMs: this.job.limits.timeoutMs, ...BOUNDS };
  }
}

const BOUNDS = { maxReplicas: 10, maxErrors: 3, typicalCredit: null, trust: NO_TRUST };

type Step = (books: Books) => void;

/** A lease that was given at some time, or one that never was; usually quoted by its holder. */
function quote(books: Books, index: number, pick: number, stranger: boolean) {
  const holders = books.units.get(index)?.replicas.filter((replica) => replica.kind !== 'ready') ?? [];
  const holder = holders[pick % Math.max(1, holders.length)];
  return { job: jobId(1), index, lease: holder?.lease ?? leaseId(0), host: stranger || holder === undefined ? hostId(77) : holder.host };
}

const index = fc.nat(UNITS - 1);
const stepArb: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(index, fc.nat(7), fc.nat(5)).map(
      ([at, host, account]): Step =>
        (books) =>
          books.issue(at, host, account),
    ),
  },
  {
    weight: 6,
    arbitrary: fc.tuple(index, fc.nat(9), fc.constantFrom('a', 'a', 'a', 'b', 'c'), fc.nat(20)).map(
      ([at, pick, output, odd]): Step =>
        (books) =>
          submitTwice(books, {
            kind: 'record-result',
            ...quote(books, at, pick, odd === 0),
            digest: digestOf(output),
            output,
            elapsedMs: 1,
          }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(index, fc.nat(9), fc.constantFrom('thrown' as const, 'fatal' as const)).map(
      ([at, pick, error]): Step =>
        (books) =>
          submitTwice(books, { kind: 'record-error', ...quote(books, at, pick, false), error, message: error, elapsedMs: 1 }),
    ),
  },
  fc.tuple(index, fc.nat(9)).map(
    ([at, pick]): Step =>
      (books) =>
        books.apply({ kind: 'release-lease', ...quote(books, at, pick, false) }),
  ),
  fc.tuple(index, fc.nat(9)).map(
    ([at, pick]): Step =>
      (books) =>
        books.apply({ kind: 'renew-lease', ...quote(books, at, pick, false), deadlineAt: books.now + LEASE_MS }),
  ),
  fc.integer({ min: -50, max: 90 }).map(
    (ms): Step =>
      (books) => {
        books.now += ms;
      },
  ),
  index.map(
    (at): Step =>
      (books) =>
        books.apply({ kind: 'expire-leases', job: jobId(1), index: at }),
  ),
  fc.constantFrom('valid' as const, 'invalid' as const).map(
    (verdict): Step =>
      (books) => {
        const check = books.pendingChecks.shift();
        if (check !== undefined) books.apply({ kind: 'judge-result', job: jobId(1), index: check.index, no: check.no, verdict });
      },
  ),
  {
    weight: 1,
    arbitrary: fc.tuple(index, fc.nat(30)).map(
      ([at, odd]): Step =>
        (books) => {
          if (odd === 0 && books.units.has(at)) books.apply({ kind: 'cancel', job: jobId(1), index: at });
        },
    ),
  },
);

/** I4: the repeat gets the same answer and changes nothing. */
function submitTwice(books: Books, command: UnitCommand): void {
  if (!books.units.has(command.index)) return;
  const first = books.apply(command);
  const second = books.apply(command);
  expect(second.outcome).toEqual(first.outcome);
  expect(second).toMatchObject({ results: [], postings: [], ending: null, countsDelta: {} });
}

const policies: Job['verify'][] = [quorumOf(1), quorumOf(2), quorumOf(3), { kind: 'proof' }];

test.each(policies)('[WU24] [WU22] [WU1] after every step of a random walk the books are right: %j', (verify) => {
  fc.assert(
    fc.property(fc.array(stepArb, { minLength: 1, maxLength: 60, size: 'max' }), (steps) => {
      const books = new Books(verify);
      for (const step of steps) {
        step(books);
        expect(findViolations(books.snapshot)).toEqual([]);
      }
    }),
    { numRuns: 150 },
  );
});

test('[WU9] whatever the order in which one round of results arrives, the unit comes out the same', () => {
  const round = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(1_000)), { minLength: 10, maxLength: 10 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(round, { minLength: 6, maxLength: 6 }), (k, rounds) => {
      const [one, other] = [new Books(quorumOf(k)), new Books(quorumOf(k))];
      let host = 0;
      for (const answers of rounds) {
        const ready = one.units.get(0)?.replicas.filter(({ kind }) => kind === 'ready').length ?? k;
        const holders = Array.from({ length: ready }, () => ++host);
        for (const books of [one, other]) for (const holder of holders) books.issue(0, holder, holder);
        const inOrder = holders.map((holder, i) => ({ holder, answer: answers[i] as [string, number] }));
        const shuffled = inOrder.toSorted((a, b) => a.answer[1] - b.answer[1]);
        for (const { holder, answer } of inOrder) one.apply(result(holder, answer[0]));
        for (const { holder, answer } of shuffled) other.apply(result(holder, answer[0]));
        expect(other.units.get(0)?.state).toEqual(one.units.get(0)?.state);
      }
    }),
  );
});
