import {
  brokenComparison,
  brokenReferee,
  comparedTruth,
  comparisons,
  digestOf,
  issue,
  jobFacts,
  result,
  strike,
  truth,
} from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { answered, confidence, contextOf, freshUnit, story, trustIn } from '../../test/trust.ts';
import { comparisonNeeded, isCanonical, namingOf } from './comparison.ts';
import { findViolations } from './invariants.ts';
import { ZERO_COUNTS } from './job.ts';
import { transition } from './unit-machine.ts';
import type { WorkUnit } from './work-unit.ts';

const author = { kind: 'author' as const };
const trust = trustIn({ 1: 20, 2: 20, 3: 20 });
const context = contextOf(trust, { verify: { ...confidence(), agree: author } });
const quorum = contextOf(trust, { verify: { kind: 'quorum', k: 2, agree: author } });
const judgedIn = ({ replicas }: WorkUnit) => replicas.map((replica) => (replica.kind === 'judged' ? replica.valid : replica.kind));
const pairsIn = (effects: readonly { kind: string; pairs?: unknown }[]) =>
  effects.flatMap((effect) => (effect.kind === 'compare' ? [effect.pairs] : []));

test.each([context, quorum])('[VF37] answers that are not equal are compared before they are weighed', (ctx) => {
  const waiting = answered(ctx, ['1a', '2b']);
  expect(waiting.unit.state).toEqual({ kind: 'verifying' });
  const [[[one, other]]] = pairsIn(waiting.effects) as [[[{ no: number }, { no: number }]]];
  expect([one.no, other.no].sort()).toEqual([0, 1]);
  const { unit } = story(waiting.unit, ctx, comparisons(['a', 'b', true]));
  expect(unit.state.kind).toBe('final');
  expect(judgedIn(unit)).toEqual([true, true]);
});

test('[VF37] each pair is asked about once, and nothing is asked while an answer is on its way', () => {
  const waiting = answered(context, ['1a', '2b', '3c']);
  expect(pairsIn(waiting.effects)).toHaveLength(1);
  // What was asked first is heard: now the others are.
  const more = transition(waiting.unit, comparisons(['a', 'b', true]), context);
  expect(pairsIn(more.effects)).toMatchObject([
    [
      [{ digest: expect.anything() }, {}],
      [{}, {}],
    ],
  ]);
  const { unit } = story(more.unit, context, comparisons(['a', 'c', true], ['b', 'c', true]));
  expect(unit.state.kind).toBe('final');
  expect(comparisonNeeded(unit, context.verify)).toBeNull();
});

test('[VF37] what the comparison tells apart is in conflict as any two answers are', () => {
  const { unit, effects } = answered(context, ['1a', '2b'], comparisons(['a', 'b', false]));
  expect(unit).toMatchObject({ state: { kind: 'verifying' }, truth: null });
  expect(effects.at(-1)).toMatchObject({ kind: 'referee' });
});

test('[VF37] an answer that was struck is compared with nothing any more', () => {
  const waiting = answered(context, ['1a', '2b']).unit;
  const { unit } = story(waiting, context, strike(1));
  expect(unit.state).toMatchObject({ kind: 'provisional', digest: digestOf('b') });
  expect(comparisonNeeded(unit, context.verify)).toBeNull();
});

test('[VF37] what nobody waits for is not heard', () => {
  const open = freshUnit();
  expect(transition(open, comparisons(['a', 'b', true]), context)).toMatchObject({ outcome: { kind: 'ignored' }, unit: open });
});

test.each([context, quorum])('[VF38] when answers cannot be compared the unit fails, and nobody is blamed', (ctx) => {
  const { unit, events } = answered(ctx, ['1a', '2b'], brokenComparison('agree threw'));
  expect(unit.state).toMatchObject({ kind: 'failed', reason: 'thrown', message: 'agree threw' });
  expect(events).toEqual([]);
  for (const other of [unit, freshUnit()])
    expect(transition(other, brokenComparison(), ctx)).toMatchObject({ outcome: { kind: 'ignored' }, unit: other });
});

/** Final by hosts 1 and 2; the others still have it. */
const finalWith = (...hosts: number[]): WorkUnit =>
  story(freshUnit(2 + hosts.length), context, issue(1), issue(2), ...hosts.map((host) => issue(host)), result(1, 'a'), result(2, 'a')).unit;

test('[VF39] a result after the end that is not equal waits to be compared with the canonical one', () => {
  const late = story(finalWith(3, 11), context, result(3, 'b'), result(11, 'c'));
  expect(judgedIn(late.unit)).toEqual([true, true, 'returned', 'returned']);
  expect(pairsIn(late.effects)).toMatchObject([[[{ no: 2 }, { no: 0 }]], [[{ no: 3 }, { no: 0 }]]]);
  expect(late.events).toEqual([]);
  const heard = story(late.unit, context, comparisons(['b', 'a', true]), comparisons(['c', 'a', false]));
  expect(judgedIn(heard.unit)).toEqual([true, true, true, false]);
  expect(heard.events).toEqual(['passed 3', 'failed 11']);
  expect(heard.postings).toHaveLength(1);
  expect(heard.unit.state).toEqual(late.unit.state);
});

test('[VF39] several that were told apart at once ask the referee once, and are counted once', () => {
  const late = story(finalWith(3, 11), context, result(3, 'b'), result(11, 'c')).unit;
  const both = contextOf(trustIn({ 1: 20, 2: 20, 3: 20, 11: 20 }), { verify: context.verify });
  const heard = transition(late, comparisons(['b', 'a', false], ['c', 'a', false]), both);
  expect(heard.effects).toMatchObject([{ kind: 'referee' }]);
  expect(heard.countsDelta).toEqual({ refereed: 1 });
  expect(heard.hostEvents).toEqual([]);
  expect(heard.unit.truth).toBeNull();
});

test('[VF40] whoever agrees with the truth is right, also where they do not agree with each other', () => {
  const asked = answered(context, ['1a', '2b'], comparisons(['a', 'b', false])).unit;
  const { unit, events } = story(asked, context, comparedTruth('t', ['t', 'a', true], ['t', 'b', true]));
  expect(unit.state).toMatchObject({ kind: 'final', grounds: { kind: 'referee' } });
  expect(unit.truth).toBe(digestOf('t'));
  expect(judgedIn(unit)).toEqual([true, true]);
  expect(events).toEqual(['passed 1', 'passed 2']);
});

test('[VF40] an answer that came since is compared with the truth, which is computed again and keeps its name', () => {
  const asked = answered(context, ['1a', '2b'], comparisons(['a', 'b', false])).unit;
  const open = story(asked, context, comparedTruth('t', ['t', 'a', false], ['t', 'b', false]));
  expect([open.unit.state.kind, ...open.events]).toEqual(['open', 'convicted 1', 'convicted 2']);
  const came = story(open.unit, context, issue(3), result(3, 'c'));
  expect(came.unit).toMatchObject({ state: { kind: 'verifying' }, truth: digestOf('t') });
  expect(came.effects).toMatchObject([{ kind: 'referee' }]);
  const heard = story(came.unit, context, comparedTruth('t2', ['t2', 'c', true]));
  expect(heard.unit).toMatchObject({ state: { kind: 'final', digest: digestOf('c') }, truth: digestOf('t') });
  expect(heard.events).toEqual(['passed 3']);
});

test('[VF40] when the truth cannot be computed again the unit fails, as where answers cannot be compared', () => {
  const asked = answered(context, ['1a', '2b'], comparisons(['a', 'b', false])).unit;
  const came = story(asked, context, comparedTruth('t', ['t', 'a', false], ['t', 'b', false]), issue(3), result(3, 'c')).unit;
  const { unit, events } = story(came, context, brokenReferee('it threw'));
  expect(unit.state).toMatchObject({ kind: 'failed', reason: 'thrown', message: 'it threw' });
  expect(events).toEqual([]);
});

test('[VF40] a dispute that the comparison cannot decide convicts nobody', () => {
  const disputed = story(finalWith(3), context, result(3, 'b'), comparisons(['b', 'a', false])).unit;
  expect(story(disputed, context, truth('t')).events).toEqual([]);
  expect(story(disputed, context, comparedTruth('t', ['t', 'a', true], ['t', 'b', false])).events).toEqual(['convicted 3']);
});

test('[VF37] [WU25] books with answers that agree without being equal are in order, and faults in them are found', () => {
  const job = { ...jobFacts(1), verify: context.verify, counts: ZERO_COUNTS };
  const rulesOf = (unit: WorkUnit) =>
    findViolations({ jobs: [job], units: [unit], results: [], endings: [], postings: [], maxReplicas: 10, maxErrors: 3 })
      .map(({ rule }) => rule)
      .filter((rule) => rule === 'I8');
  const { unit } = answered(context, ['1a', '2b'], comparisons(['a', 'b', true]));
  expect(rulesOf(unit)).toEqual([]);
  expect(rulesOf({ ...unit, comparisons: [] })).toEqual(['I8']);
  expect(rulesOf(answered(context, ['1a']).unit)).toEqual([]);
});

test('[VF37] a unit that is not final has no canonical answer', () => {
  expect(isCanonical(freshUnit(), digestOf('a'), context.verify)).toBeNull();
});

test('[VF37] an answer that does not count is named by nothing but itself', () => {
  const { unit } = answered(context, ['1a', '2b'], comparisons(['a', 'b', true]));
  const nameOf = namingOf({ ...unit, replicas: unit.replicas.slice(0, 1) }, context.verify);
  expect(nameOf({ no: 1, digest: digestOf('b') })).toBe(digestOf('b'));
});
