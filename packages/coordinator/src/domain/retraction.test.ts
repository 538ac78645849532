import {
  audit,
  canary,
  cancellation,
  comparedTruth,
  confirmation,
  digestOf,
  expiry,
  failure,
  issue,
  jobFacts,
  result,
  retraction,
  truth,
} from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { answered, confidence, contextOf, freshUnit, story, trustIn } from '../../test/trust.ts';
import type { StoredResult } from './change-set.ts';
import { historyViolations } from './history-invariants.ts';
import { ZERO_COUNTS } from './job.ts';
import { endWhenDone } from './job-transitions.ts';
import type { TrustView } from './transition.ts';
import { transition } from './unit-machine.ts';
import { tellStory } from './unit-story.ts';
import { evidenceViolations, type Receipt } from './verdict-recount.ts';
import { isCanary, type Retraction, type WorkUnit } from './work-unit.ts';

const trust = trustIn({ 1: 20, 2: 20, 3: 20, 4: 20 });
const context = contextOf(trust);
const later = contextOf(trust, { now: 2_000 });
/** Hosts 1 and 2 made `a` final; these others still have it in their hands. */
const finalWith = (...hosts: number[]): WorkUnit =>
  story(freshUnit(2 + hosts.length), context, issue(1), issue(2), ...hosts.map((host) => issue(host)), result(1, 'a'), result(2, 'a')).unit;
const validIn = ({ replicas }: WorkUnit) => replicas.map((replica) => (replica.kind === 'judged' ? replica.valid : replica.kind));

const grounds = (checks: number, ...nos: number[]) => ({ kind: 'odds', phi: 0.01, members: nos.map((no) => ({ no, checks })) });

test('[VF80] an answer that the truth speaks against is taken back, and the one who said the truth is believed in its place', () => {
  const before = finalWith(3, 11);
  const { unit, last, events } = story(before, later, result(11, 'b'), result(3, 'b'), truth('b'));
  expect(unit.state).toEqual({ kind: 'final', digest: digestOf('b'), at: 2_000, grounds: { kind: 'referee' } });
  expect(validIn(unit)).toEqual([false, false, true, true]);
  expect(events).toEqual(['failed 11', 'convicted 1', 'convicted 2', 'passed 3', 'passed 11']);
  expect(last.ending).toMatchObject({ state: 'final', no: 2 });
  expect(last.countsDelta).toEqual({ retracted: 1 });
  expect(last.postings.map(({ kind, no }) => `${kind} ${no}`)).toEqual([
    'revocation 0',
    'revocation 1',
    'valid-result 2',
    'valid-result 3',
  ]);
  expect(historyViolations(before, unit)).toEqual([]);
});

test('[VF82] what was final, from when to when, on what grounds and why not any more stays with the unit', () => {
  const { unit } = story(finalWith(3), later, result(3, 'b'), truth('b'));
  const retracted = { reason: 'refuted', digest: digestOf('a'), finalAt: 1_000, at: 2_000, grounds: grounds(20, 0, 1), canaries: [] };
  expect(unit.retractions).toEqual([retracted]);
});

test('[VF80] where nobody gave the truth it is waited for', () => {
  const { unit, last, events } = story(finalWith(3), later, result(3, 'c'), truth('b'));
  expect(unit.state).toEqual({ kind: 'open' });
  expect(unit.replicas.at(-1)).toEqual({ kind: 'ready', no: 3 });
  expect(events).toEqual(['convicted 3', 'convicted 1', 'convicted 2']);
  expect(last).toMatchObject({ ending: null, countsDelta: { retracted: 1, final: -1, verifying: 1 } });
  const { unit: ended } = story(unit, later, issue(4), result(4, 'b'));
  expect(ended.state).toMatchObject({ kind: 'final', digest: digestOf('b') });
});

test('[VF80] of answers that only agree, those that agree with the truth are right', () => {
  const within = contextOf(trust, { verify: { ...confidence(), agree: { kind: 'within', abs: 1, rel: 0 } } });
  const unit = story(freshUnit(3), within, issue(1), issue(2), issue(3), result(1, 'a'), result(2, 'a')).unit;
  const differs = { kind: 'record-comparisons', job: unit.job, index: 0, comparisons: [[digestOf('b'), digestOf('a'), false]] } as const;
  const { unit: after } = story(unit, within, result(3, 'b'), differs, comparedTruth('t', ['t', 'a', false], ['t', 'b', true]));
  expect(after).toMatchObject({ state: { kind: 'final', digest: digestOf('b') }, retractions: [{ reason: 'refuted' }] });
});

test('[VF26] where the truth agrees with the verdict and with who differed from it, both are right, and the verdict stands', () => {
  const within = contextOf(trust, { verify: { ...confidence(), agree: { kind: 'within', abs: 1, rel: 0 } } });
  const unit = story(freshUnit(3), within, issue(1), issue(2), issue(3), result(1, 'a'), result(2, 'a')).unit;
  const differs = { kind: 'record-comparisons', job: unit.job, index: 0, comparisons: [[digestOf('b'), digestOf('a'), false]] } as const;
  const { unit: after, events } = story(unit, within, result(3, 'b'), differs, comparedTruth('t', ['t', 'a', true], ['t', 'b', true]));
  expect(after.state).toEqual(unit.state);
  expect(after.retractions).toBeUndefined();
  expect(events).toEqual(['passed 3']);
});

/** Convicted since the verdict: those have passed no more than these. */
const since = (checks: Readonly<Record<number, number>>) => contextOf(trustIn(checks), { now: 3_000 });

test('[VF81] an answer that rests on convicted hosts alone is taken back, and somebody else is asked', () => {
  const before = finalWith();
  const { unit, last } = story(before, since({ 3: 20 }), retraction());
  expect(unit).toMatchObject({ state: { kind: 'open' }, retractions: [{ reason: 'convicted', at: 3_000, grounds: grounds(20, 0, 1) }] });
  expect(validIn(unit)).toEqual([false, false, 'ready']);
  expect(last.postings.map(({ kind, no }) => `${kind} ${no}`)).toEqual(['revocation 0', 'revocation 1']);
  expect(last.hostEvents).toEqual([]);
  expect(historyViolations(before, unit)).toEqual([]);
});

test('[VF81] it stands while one of those it rests on, or one who said the same since, was not convicted, or where the referee is asked', () => {
  const agreed = story(finalWith(3), context, result(3, 'a')).unit;
  const newcomer = story(finalWith(11), context, result(11, 'a')).unit;
  const disputed = story(finalWith(3), context, result(3, 'b')).unit;
  const byReferee = answered(context, ['1a', '2b'], truth('a')).unit;
  for (const [unit, ctx] of [
    [finalWith(), since({ 2: 20 })],
    [agreed, since({ 3: 4 })],
    [disputed, since({})],
    [byReferee, since({})],
    [answered(context, ['1a']).unit, since({})],
  ] as const)
    expect(transition(unit, retraction(), ctx)).toMatchObject({ outcome: { kind: 'ignored' }, unit });
  // The word of one who was convicted and came back is what it was; a newcomer's holds nothing up.
  for (const unit of [finalWith(), newcomer, agreed])
    expect(transition(unit, retraction(), since({ 1: 3, 2: 3, 3: 0 })).unit.retractions).toHaveLength(1);
});

test('[VF83] what became of canaries while it was final is not the unit’s when it is open again', () => {
  const checked = [11, 12, 13, 14].flatMap((host) => [canary(host), failure(host, host === 11 ? 'thrown' : 'fatal')]);
  const wrong = story(finalWith(3), later, ...checked, canary(15), result(15, 'b'), result(3, 'b'), truth('c')).unit;
  expect(wrong).toMatchObject({ state: { kind: 'open' }, retractions: [{ canaries: [3, 4, 5, 6, 7] }] });
  expect(wrong.replicas.filter((replica) => isCanary(wrong, replica)).map(({ no }) => no)).toEqual([3, 4, 5, 6, 7]);
  const fallen = story(finalWith(), later, ...checked.slice(0, 6)).unit;
  expect(story(fallen, since({}), retraction()).unit.state.kind).toBe('open');
});

test('[VF83] a canary that is out when its answer is taken back is work like any other', () => {
  const unit = story(finalWith(), later, canary(3)).unit;
  const open = story(unit, since({ 3: 20 }), retraction()).unit;
  expect(validIn(open)).toEqual([false, false, 'leased']);
  expect(story(open, since({ 3: 20 }), result(3, 'b')).unit.state).toMatchObject({ kind: 'provisional', digest: digestOf('b') });
});

const lapse = (host: number) => [expiry(), result(host, 'b')];
const lapsed = contextOf(trust, { now: 2_000_000 });

test('[VF84] what comes after its lease had ended and differs has the referee asked when its host’s word counts', () => {
  const before = finalWith(3);
  const { unit, last } = story(before, lapsed, ...lapse(3));
  expect(unit).toMatchObject({ state: before.state, truth: null, replicas: [{}, {}, { kind: 'lost', lateDigest: digestOf('b') }] });
  expect(last).toMatchObject({
    outcome: { kind: 'late' },
    effects: [{ kind: 'referee' }],
    countsDelta: { results: 1, refereed: 1 },
    postings: [],
  });
  expect(story(unit, lapsed, truth('a')).events).toEqual(['convicted 3']);
  // It is late, so it is nobody's answer.
  expect(story(unit, lapsed, truth('b'))).toMatchObject({ events: ['convicted 1', 'convicted 2'], unit: { state: { kind: 'open' } } });
});

test('[VF84] it is asked once; afterwards whose word counts is convicted at once, and others are not heard', () => {
  const disputed = story(finalWith(3, 4, 11), lapsed, ...lapse(3)).unit;
  expect(story(disputed, lapsed, result(4, 'b')).last).toMatchObject({ effects: [], hostEvents: [] });
  const known = story(disputed, lapsed, truth('a')).unit;
  expect(story(known, lapsed, result(4, 'b'))).toMatchObject({ events: ['convicted 4'], effects: [{ kind: 'backtrack' }] });
  expect(story(known, lapsed, result(4, 'a'))).toMatchObject({ events: [], effects: [] });
  expect(story(known, lapsed, result(11, 'b'))).toMatchObject({ events: [], effects: [] });
});

test('[VF84] under other policies, in a unit that is not final, or where it would have to be compared first, it is kept and no more', () => {
  const quorum = contextOf(trust, { now: 2_000_000, verify: { kind: 'quorum', k: 2, agree: { kind: 'exact' } } });
  const within = contextOf(trust, { now: 2_000_000, verify: { ...confidence(), agree: { kind: 'within', abs: 1, rel: 0 } } });
  for (const ctx of [quorum, within])
    expect(story(finalWith(3), ctx, ...lapse(3)).last).toMatchObject({ effects: [], countsDelta: { results: 1 } });
  const open = story(freshUnit(2), context, issue(1), issue(3)).unit;
  expect(story(open, lapsed, ...lapse(3)).last).toMatchObject({ outcome: { kind: 'late' }, effects: [] });
});

const calm = (over: Partial<TrustView> = {}) => contextOf(trustIn({ 1: 20, 2: 20 }, { mayLookAgain: true, ...over }), { now: 2_000 });

test('[VF85] newcomers who differ from a final answer are looked into when two say the same, and not too often', () => {
  const tested = [canary(11), canary(12), canary(13)];
  const alone = story(finalWith(), calm(), ...tested, result(11, 'b'), result(12, 'c'));
  expect(alone).toMatchObject({ effects: [], unit: {} });
  expect(alone.unit.truth).toBeUndefined();
  const two = story(alone.unit, calm(), result(13, 'b'));
  expect(two.unit.truth).toBeNull();
  expect(two).toMatchObject({ effects: [{ kind: 'referee' }], events: ['failed 13'], last: { countsDelta: { refereed: 1 } } });
  expect(story(alone.unit, calm({ mayLookAgain: false }), result(13, 'b')).unit.truth).toBeUndefined();
  // Both were right.
  const { unit, events } = story(two.unit, calm(), truth('b'));
  expect(unit.state).toMatchObject({ kind: 'final', digest: digestOf('b') });
  expect(events).toEqual(['convicted 1', 'convicted 2', 'passed 11', 'passed 13']);
});

test('[VF85] a late answer and one in time may be the two', () => {
  const unit = story(finalWith(11), contextOf(trust, { now: 2_000_000 }), expiry(), canary(12, 12)).unit;
  const ctx = { ...calm(), now: 2_000_001 };
  const { unit: heard } = story(unit, ctx, { ...result(11, 'b') });
  expect(heard.truth).toBeUndefined();
  expect(story({ ...heard }, { ...ctx, now: 900_000 }, result(12, 'b')).unit.truth).toBeNull();
});

const job = { ...jobFacts(1), verify: confidence(), counts: ZERO_COUNTS };
const bounds = { maxReplicas: 10, maxErrors: 3 };

/** As the store has them: what came after the end is late. */
const receiptsOf = ({ replicas }: WorkUnit, late: readonly number[]): Receipt[] =>
  replicas.flatMap((replica) =>
    replica.kind === 'judged'
      ? [{ no: replica.no, late: late.includes(replica.no), receivedAt: replica.returnedAt, body: { kind: 'ok', digest: replica.digest } }]
      : [],
  );

test('[VF82] the verdict that follows is counted again from what came before it, late or not', () => {
  const { unit } = story(finalWith(3), later, result(3, 'b'), truth('b'));
  expect(evidenceViolations(unit, receiptsOf(unit, [2]), job, bounds)).toEqual([]);
  // Without the retraction it had come too late.
  const { retractions: _, ...silent } = unit;
  expect(evidenceViolations(silent, receiptsOf(unit, [2]), job, bounds).map(({ rule }) => rule)).toContain('I15');
});

test('[VF82] a retraction that ground truth does not speak for is found', () => {
  const { unit } = story(finalWith(3), later, result(3, 'b'), truth('b'));
  const taken = unit.retractions?.[0] as Retraction;
  const fallen = story(finalWith(), since({}), retraction()).unit;
  const founded = (one: WorkUnit, retractions: readonly Retraction[]) =>
    evidenceViolations({ ...one, retractions }, receiptsOf(one, [2]), job, bounds).every(({ message }) => !message.includes('taken back'));
  expect(founded(unit, [taken])).toBe(true);
  expect(founded(fallen, fallen.retractions ?? [])).toBe(true);
  expect(founded(unit, [{ ...taken, digest: digestOf('b') }])).toBe(false);
  expect(founded({ ...fallen, truth: null }, [{ ...taken, digest: digestOf('a') }])).toBe(false);
  expect(founded(unit, [{ ...taken, reason: 'convicted', grounds: { kind: 'referee' } }])).toBe(false);
  const innocent = story(finalWith(), context).unit;
  expect(founded(innocent, [{ ...taken, reason: 'convicted' }])).toBe(false);
});

test('[VF82] nothing else leads out of a final state, and no record of it is lost', () => {
  const before = finalWith(3);
  const { unit: after } = story(before, later, result(3, 'b'), truth('b'));
  const rules = (from: WorkUnit, to: WorkUnit) => historyViolations(from, to).map(({ rule }) => rule);
  const { retractions: [taken] = [], ...silent } = after;
  expect(rules(before, silent)).toContain('I9');
  expect(rules(after, silent)).toContain('I8');
  expect(rules(before, { ...after, retractions: [{ ...(taken as Retraction), digest: digestOf('c') }] })).toEqual(['I8']);
  expect(rules(before, { ...after, retractions: [taken as Retraction, taken as Retraction] })).toEqual(['I8']);
  expect(rules(freshUnit(), { ...after, replicas: [] })).toContain('I8');
});

test('[VF86] a job that was done is not while a unit of it is open again', () => {
  const done = { ...job, unitCount: 1, state: 'done', endedAt: 5, counts: { ...ZERO_COUNTS, final: 1 } } as const;
  expect(endWhenDone(done, 9)).toBe(done);
  const reopened = endWhenDone({ ...done, counts: { ...ZERO_COUNTS, idle: 1 } }, 9);
  expect(reopened).toMatchObject({ state: 'closed', endedAt: null });
  expect(endWhenDone({ ...reopened, counts: done.counts }, 9)).toMatchObject({ state: 'done', endedAt: 9 });
});

test('[VF80] a second look at what was taken back and decided anew changes nothing', () => {
  const { unit } = story(finalWith(3), later, result(3, 'b'), truth('b'));
  for (const command of [truth('a'), retraction(), audit('referee'), confirmation(), cancellation()])
    expect(transition(unit, command, later)).toMatchObject({ outcome: { kind: 'ignored' }, unit });
});

test('[VF82] the story tells both verdicts, and why the first did not stand', () => {
  const told = (unit: WorkUnit) => {
    const results = unit.replicas.flatMap((replica): StoredResult[] => {
      if (replica.kind !== 'judged') return [];
      const { no, lease, host, account, returnedAt, digest } = replica;
      const body = { kind: 'ok', digest, output: '1' } as const;
      return [{ job: unit.job, index: unit.index, no, lease, host, account, receivedAt: returnedAt, elapsedMs: 1, late: no > 1, body }];
    });
    return tellStory({ unit, results, postings: [], verify: confidence() })
      .filter(({ kind }) => kind === 'final' || kind === 'retracted' || kind === 'waits')
      .map((event) => [event.at, event.kind, 'answer' in event ? event.answer : null, 'why' in event ? event.why : null]);
  };
  expect(told(story(finalWith(3), later, result(3, 'b'), truth('b')).unit)).toEqual([
    [1_000, 'final', 'A', null],
    [2_000, 'retracted', 'A', 'refuted'],
    [2_000, 'final', 'B', null],
  ]);
  expect(told(story(finalWith(), since({}), retraction()).unit)).toEqual([
    [1_000, 'final', 'A', null],
    [3_000, 'retracted', 'A', 'convicted'],
    [null, 'waits', null, null],
  ]);
});
