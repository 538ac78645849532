import {
  audit,
  confirmation,
  digestOf,
  duplication,
  issue,
  jobId,
  quorumOf,
  release,
  result,
  review,
  strike,
  truth,
} from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { answered, confidence, contextOf, freshUnit, play, story, trustIn } from '../../test/trust.ts';
import { beliefIn } from './audit-transitions.ts';
import { transition } from './unit-machine.ts';
import type { WorkUnit } from './work-unit.ts';

const trust = trustIn({ 1: 20, 2: 20, 3: 0 });
const context = contextOf(trust);
const kinds = ({ replicas }: WorkUnit) => replicas.map(({ kind }) => kind);
const believed = () => answered(context, ['1a']).unit;

test('[VF29] an audit asks one more host; once at a time, and only about what is believed for now', () => {
  const audited = story(believed(), context, audit());
  expect(audited.last.outcome).toEqual({ kind: 'done' });
  expect(kinds(audited.unit)).toEqual(['judged', 'ready']);
  expect(audited.unit.state.kind).toBe('provisional');
  const out = story(audited.unit, context, issue(2)).unit;
  for (const unit of [audited.unit, out, freshUnit(), answered(context, ['1a', '2a']).unit]) {
    const { outcome, unit: same } = transition(unit, audit(), context);
    expect(outcome).toEqual({ kind: 'ignored' });
    expect(same).toBe(unit);
  }
});

test('[VF29] what nobody takes, and what may have no more replicas, the referee computes', () => {
  const waiting = story(believed(), context, audit()).unit;
  for (const [unit, command, ctx] of [
    [waiting, audit('referee'), context],
    [believed(), audit('referee'), context],
    [believed(), audit(), contextOf(trust, { maxReplicas: 1 })],
  ] as const) {
    const asked = transition(unit, command, ctx);
    expect(asked.unit).toMatchObject({ state: { kind: 'verifying' }, truth: null });
    expect(asked.effects).toMatchObject([{ kind: 'referee' }]);
    const { unit: final, events } = story(asked.unit, ctx, truth('a'));
    expect(final.state).toMatchObject({ kind: 'final', grounds: { kind: 'referee' } });
    expect(kinds(final)).toEqual(['judged']);
    expect(events).toEqual(['passed 1']);
  }
  // Somebody computes it already.
  expect(transition(story(waiting, context, issue(2)).unit, audit('referee'), context).outcome).toEqual({ kind: 'ignored' });
});

test('[VF30] a job that was audited makes final what suffices, on one host’s word too, and says what it rests on', () => {
  const { unit, last } = story(believed(), contextOf(trust, { verify: confidence(5_000), now: 7_000 }), confirmation());
  expect(unit.state).toEqual({
    kind: 'final',
    digest: digestOf('a'),
    at: 7_000,
    grounds: { kind: 'odds', phi: 0.01, members: [{ no: 0, checks: 20 }] },
  });
  expect(last).toMatchObject({ ending: { state: 'final', no: 0, at: 7_000 }, postings: [], hostEvents: [] });
});

test('[VF30] it leaves alone what does not suffice, what is not believed, and what another policy decides', () => {
  // φ / (e · 20) = 1 in 5,437.
  for (const [unit, over] of [
    [believed(), { verify: confidence(5_437) }],
    [believed(), { trust: trustIn({ 1: 0 }) }],
    [believed(), { trust: trustIn({ 2: 20 }) }],
    [believed(), { verify: quorumOf(1) }],
    [freshUnit(), {}],
    [answered(context, ['1a', '2a']).unit, {}],
  ] as const) {
    const { outcome, unit: same } = transition(unit, confirmation(), contextOf(trust, over));
    expect(outcome).toEqual({ kind: 'ignored' });
    expect(same).toBe(unit);
  }
});

test('[VF30] where a newcomer that differed is established by now, the referee is asked instead; where only one word is left, one more host', () => {
  const doubtful = contextOf(trust, { verify: confidence(1e9) });
  const { unit } = answered(doubtful, ['1a', '2a', '11b']);
  const asked = story(unit, contextOf(trustIn({ 1: 20, 2: 20, 11: 3 })), confirmation());
  expect(asked.unit).toMatchObject({ state: { kind: 'verifying' }, truth: null });
  const open = story(unit, contextOf(trustIn({ 1: 20 })), confirmation());
  expect(open.unit.state).toEqual({ kind: 'open' });
  expect(kinds(open.unit)).toEqual(['judged', 'judged', 'returned', 'ready']);
});

test('[VF30] a unit that says it is believed and has no answer left is believed by nobody', () => {
  expect(beliefIn({ ...believed(), replicas: [] }, context)).toBeNull();
});

test('[VF27] a convicted host’s word is struck where it is all there is: the credit is taken back and another host is asked', () => {
  const { unit, last, events } = story(believed(), context, strike(1));
  expect(unit.state).toEqual({ kind: 'open' });
  expect(unit.replicas).toMatchObject([{ kind: 'judged', valid: false }, { kind: 'ready' }]);
  expect(last.postings).toMatchObject([{ kind: 'revocation', no: 0 }]);
  // It was told already, where it was convicted.
  expect(events).toEqual([]);
});

test('[VF27] where others say the same, their word remains', () => {
  const doubtful = contextOf(trust, { verify: confidence(1e9) });
  const { unit } = story(answered(doubtful, ['1a', '2a', '11a']).unit, doubtful, strike(1));
  expect(unit.state).toMatchObject({ kind: 'provisional', digest: digestOf('a') });
  const newcomer = story(answered(context, ['1a', '11a']).unit, contextOf(trustIn({})), strike(1));
  expect(newcomer.unit.state).toEqual({ kind: 'open' });
  expect(kinds(newcomer.unit)).toEqual(['judged', 'judged', 'ready']);
});

test('[VF27] an audit that is on its way stays the one that decides', () => {
  const always = contextOf({ ...trust, auditShare: () => 1 });
  const [audited, leased] = play(believed(), always, audit(), issue(2)).map(({ unit }) => unit) as [WorkUnit, WorkUnit];
  expect(kinds(story(audited, always, strike(1)).unit)).toEqual(['judged', 'ready']);
  expect(kinds(story(leased, always, strike(1)).unit)).toEqual(['judged', 'leased']);
  const decided = story(leased, always, strike(1), result(2, 'b'));
  expect(decided.unit.state).toMatchObject({ kind: 'provisional', digest: digestOf('b') });
});

test('[VF27] an answer that was not believed yet is struck as well, and a unit that waits for the referee goes on waiting', () => {
  const waiting = answered(context, ['1a', '2b']).unit;
  const { unit, last } = story(waiting, context, strike(1));
  expect(unit).toMatchObject({ state: { kind: 'verifying' }, truth: null });
  expect([last.postings.length, last.effects.length]).toEqual([1, 0]);
  const newcomers = answered(context, ['11a']).unit;
  expect(story(newcomers, context, strike(11)).postings).toEqual([]);
  expect(kinds(story(newcomers, context, strike(11)).unit)).toEqual(['judged', 'ready']);
});

test('[VF27] nothing is struck of who gave no answer, was struck before, or whose unit has ended', () => {
  const struck = story(believed(), context, strike(1)).unit;
  const lost = story(freshUnit(), context, issue(1), release(1)).unit;
  for (const unit of [believed(), struck, lost, answered(context, ['1a', '2a']).unit]) {
    const { outcome, unit: same } = transition(unit, strike(unit === struck || unit === lost ? 1 : 9), context);
    expect(outcome).toEqual({ kind: 'ignored' });
    expect(same).toBe(unit);
  }
  expect(transition(answered(context, ['1a', '2a']).unit, strike(1), context).outcome).toEqual({ kind: 'ignored' });
});

test('[VF36] what is slow to come back may be given to one more host, once at a time', () => {
  const slow = story(freshUnit(), context, issue(1)).unit;
  const doubled = story(slow, context, duplication()).unit;
  expect(kinds(doubled)).toEqual(['leased', 'ready']);
  for (const [unit, ctx] of [
    [doubled, context],
    [freshUnit(), context],
    [believed(), context],
    [story(doubled, context, issue(2)).unit, context],
    [slow, contextOf(trust, { maxReplicas: 1 })],
  ] as const)
    expect(transition(unit, duplication(), ctx).outcome).toEqual({ kind: 'ignored' });
  expect(story(doubled, context, issue(2), result(2, 'a')).unit.state.kind).toBe('provisional');
  expect(doubled.job).toBe(jobId(1));
});

test('[VF63] an open unit is weighed again when a host that answered it is established; nothing else is', () => {
  const newcomers = contextOf(trustIn({ 2: 20 }));
  const unit = answered(newcomers, ['1a']).unit;
  expect(unit.state.kind).toBe('open');
  const again = transition(unit, review(), context);
  expect(again.unit.state.kind).toBe('provisional');
  for (const [other, ctx] of [
    [again.unit, context],
    [freshUnit(), { ...context, verify: quorumOf(2) }],
  ] as const)
    expect(transition(other, review(), ctx)).toMatchObject({ outcome: { kind: 'ignored' }, unit: other });
});

test('[VF64] the referee computes an open unit that has an answer and nobody to say the same, and no other', () => {
  const newcomers = contextOf(trustIn({ 2: 20 }));
  const asked = transition(answered(newcomers, ['1a']).unit, audit('referee'), newcomers);
  expect(asked).toMatchObject({ unit: { state: { kind: 'verifying' }, truth: null }, effects: [{ kind: 'referee' }] });
  expect(transition(freshUnit(), audit('referee'), newcomers).outcome).toEqual({ kind: 'ignored' });
});
