import { accountId, canary, expiry, failure, hostId, issue, jobFacts, release, renewal, result } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { answered, confidence, contextOf, freshUnit, story, trustIn } from '../../test/trust.ts';
import { findViolations } from './invariants.ts';
import { ZERO_COUNTS } from './job.ts';
import { transition } from './unit-machine.ts';
import { isCanary } from './work-unit.ts';

const trust = trustIn({ 1: 20, 2: 20 });
const context = contextOf(trust);
const later = contextOf(trust, { now: 2_000 });
const final = () => answered(context, ['1a', '2a']).unit;
const tested = () => story(final(), later, canary(11)).unit;

test('[VF31] a canary is a replica of a final unit, for a host that never had it', () => {
  const { unit, last } = story(final(), later, canary(11));
  expect(last).toMatchObject({ outcome: { kind: 'issued' }, countsDelta: { issued: 1 }, effects: [] });
  expect(unit.replicas[2]).toEqual({
    kind: 'leased',
    no: 2,
    lease: canary(11).lease,
    host: hostId(11),
    account: accountId(11),
    leasedAt: 2_000,
    deadlineAt: 1_000_000,
  });
  expect(unit.state).toEqual(final().state);
  expect(isCanary(unit, unit.replicas[2] as never)).toBe(true);
  expect(isCanary(unit, unit.replicas[0] as never)).toBe(false);
});

test('[VF31] it is known for one in the very millisecond of the end, and when the clock has stepped back since', () => {
  for (const now of [1_000, 10]) {
    const unit = story(final(), contextOf(trust, { now }), canary(11)).unit;
    expect(isCanary(unit, unit.replicas[2] as never)).toBe(true);
    expect(transition(unit, renewal(11, 3_000_000), contextOf(trust, { now })).outcome.kind).toBe('renewed');
  }
});

test('[VF31] however many fail on it, the unit had no more errors than it may', () => {
  const tests = [11, 12, 13, 14, 15, 16].flatMap((host) => [canary(host), failure(host)]);
  const { unit } = story(final(), later, ...tests);
  const job = { ...jobFacts(1), verify: confidence(), counts: ZERO_COUNTS };
  const books = { results: [], endings: [], postings: [], maxReplicas: 10, maxErrors: 3 };
  const rules = findViolations({ jobs: [job], units: [unit], ...books }).map(({ rule }) => rule);
  expect(rules).not.toContain('I12');
  const errors = [1, 2, 3, 4, 5, 6].flatMap((host) => [issue(host), failure(host)]);
  const failing = story(freshUnit(), contextOf(trust, { maxErrors: 9 }), ...errors).unit;
  expect(findViolations({ jobs: [job], units: [failing], ...books }).map(({ rule }) => rule)).toContain('I12');
});

test('[VF31] none is given of a unit that is not final, to who had it before, or beyond the most replicas', () => {
  const cases = [
    [freshUnit(), canary(11), later],
    [answered(context, ['1a']).unit, canary(11), later],
    [final(), canary(1), later],
    [final(), canary(11, 11, { account: 2 }), later],
    [final(), canary(11), contextOf(trust, { maxReplicas: 2 })],
  ] as const;
  for (const [unit, command, ctx] of cases) {
    const answer = transition(unit, command, ctx);
    expect(answer.outcome.kind).toBe('refused');
    expect(answer.unit).toBe(unit);
  }
});

test('[VF31] it lives like any other lease: renewed, released, and revoked by nothing but its own deadline', () => {
  expect(transition(tested(), renewal(11, 3_000_000), later).outcome).toEqual({ kind: 'renewed', deadlineAt: 3_000_000 });
  expect(story(tested(), later, release(11)).events).toEqual([]);
  const over = story(tested(), contextOf(trust, { now: 1_000_000 }), expiry());
  expect(over.unit.replicas[2]).toMatchObject({ kind: 'lost', cause: 'expired' });
  expect(over.events).toEqual(['errored 11']);
  expect(over.effects).toMatchObject([{ kind: 'revoke', host: hostId(11), reason: 'expired' }]);
});

test('[VF31] its answer is a check passed and credited, or failed; an error counts as one', () => {
  const right = story(tested(), later, result(11, 'a'));
  expect([right.events, right.postings.length]).toEqual([['passed 11'], 1]);
  const wrong = story(tested(), later, result(11, 'b'));
  expect([wrong.events, wrong.postings, wrong.effects]).toEqual([['failed 11'], [], []]);
  const failed = story(tested(), later, failure(11));
  expect(failed.events).toEqual(['errored 11']);
  expect(failed.last.countsDelta).toEqual({ errored: 1 });
});

test('[VF31] what the host was given before the unit was final was no test: an error then blames nobody', () => {
  const unit = story(freshUnit(3), context, issue(1), issue(2), issue(11), result(1, 'a'), result(2, 'a')).unit;
  expect(story(unit, later, failure(11)).events).toEqual([]);
  expect(story(unit, contextOf(trust, { now: 1_000_000 }), expiry()).events).toEqual([]);
});

test('[VF10] an error is blamed on its host until another account fails on the unit too', () => {
  const { events } = story(freshUnit(), contextOf(trust, { maxErrors: 9 }), ...[1, 2, 3].flatMap((host) => [issue(host), failure(host)]));
  expect(events).toEqual(['errored 1', 'absolved 1']);
  const same = story(
    freshUnit(2),
    contextOf(trust, { maxErrors: 9, now: 1_000_000 }),
    issue(1, 1, { deadlineAt: 5 }),
    expiry(),
    issue(1, 2),
    failure(1, 'thrown', 'no', 2),
  );
  expect(same.events).toEqual(['errored 1', 'errored 1']);
});
