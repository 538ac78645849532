import { accountId, audit, cancellation, confirmation, digestOf, failure, hostId, issue, release, result, truth } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { answered, confidence, contextOf, freshUnit, play, round, story, trustIn } from '../../test/trust.ts';
import { transition } from './unit-machine.ts';
import type { WorkUnit } from './work-unit.ts';

/** Hosts 1 to 4 are established, everybody else is a newcomer. */
const trust = trustIn({ 1: 20, 2: 20, 3: 0, 4: 0 });
const context = contextOf(trust);
/** So much is asked for that nobody's word suffices. */
const doubtful = contextOf(trust, { verify: confidence(1e9) });
const kinds = ({ replicas }: WorkUnit) => replicas.map(({ kind }) => kind);
const validity = ({ replicas }: WorkUnit) => replicas.map((replica) => (replica.kind === 'judged' ? replica.valid : replica.kind));

test('[VF17] when only newcomers answered, one more host is asked, however they agree', () => {
  const { unit, events, postings } = answered(context, ['11a', '12a', '13a']);
  expect(unit.state).toEqual({ kind: 'open' });
  expect(kinds(unit)).toEqual(['returned', 'returned', 'returned', 'ready']);
  expect([events, postings]).toEqual([[], []]);
});

test('[VF17] while the job lacks units that are known beyond doubt, the referee computes what only newcomers answered', () => {
  const { unit, effects, last } = answered(contextOf({ ...trust, lacksCanaries: true }), ['11a']);
  expect(unit).toMatchObject({ state: { kind: 'verifying' }, truth: null });
  expect(effects).toEqual([{ kind: 'referee', job: unit.job, index: 0 }]);
  expect(last.countsDelta).toMatchObject({ refereed: 1 });
});

test('[VF18] an answer is a check passed once somebody else whose word counts says the same; newcomers vouch for nobody', () => {
  expect(answered(context, ['11a', '12a']).events).toEqual([]);
  expect(answered(context, ['1a']).events).toEqual([]);
  expect(answered(context, ['11a', '12a', '1a']).events).toEqual(['passed 11', 'passed 12']);
  expect(answered(context, ['1a', '2a']).events).toEqual(['passed 1', 'passed 2']);
});

test('[VF18] each answer is one check, however many say the same', () => {
  const { events } = answered(doubtful, ['1a', '11a', '2a', '3a', '4a']);
  expect(events).toEqual(['passed 11', 'passed 1', 'passed 2', 'passed 3', 'passed 4']);
});

test('[VF19] the answer of one host whose word counts is believed for now, and credited', () => {
  const { unit, postings, events, last } = answered(context, ['1a']);
  expect(unit).toMatchObject({
    state: { kind: 'provisional', digest: digestOf('a'), at: 1_000 },
    replicas: [{ kind: 'judged', valid: true, credited: 0 }],
  });
  expect(postings).toMatchObject([{ no: 0, kind: 'valid-result', host: hostId(1), account: accountId(1) }]);
  expect([events, last.ending]).toEqual([[], null]);
});

test('[VF19] it stays so however many checks that host has passed, and whoever of the newcomers says the same', () => {
  expect(answered(contextOf(trustIn({ 1: 1e6 })), ['1a', '11a', '12a']).unit.state.kind).toBe('provisional');
});

test('[VF19] it is believed since it was first believed', () => {
  const first = answered(context, ['1a', '11a']).unit;
  expect(first.state).toMatchObject({ at: 1_000 });
  const [leased] = play(freshUnit(2), context, issue(1), issue(11), result(1, 'a')).slice(-1);
  const { unit } = story(leased?.unit as WorkUnit, contextOf(trust, { now: 9_000 }), result(11, 'a'));
  expect(unit.state).toMatchObject({ kind: 'provisional', at: 1_000 });
});

test('[VF20] an answer of several hosts whose word counts is final when the odds that they are wrong together suffice', () => {
  const { unit, last } = answered(context, ['1a', '2a']);
  const members = [
    { no: 0, checks: 20 },
    { no: 1, checks: 20 },
  ];
  expect(unit.state).toEqual({ kind: 'final', digest: digestOf('a'), at: 1_000, grounds: { kind: 'odds', phi: 0.01, members } });
  expect(last.ending).toEqual({ job: unit.job, index: 0, state: 'final', no: 0, at: 1_000 });
});

test('[VF20] odds of exactly one in N suffice; a little more, and the answer is believed for now', () => {
  // φ² / 1 with two hosts that have passed no check: .01 each.
  expect(answered(contextOf(trust, { verify: confidence(10_000) }), ['3a', '4a']).unit.state.kind).toBe('final');
  expect(answered(contextOf(trust, { verify: confidence(10_001) }), ['3a', '4a']).unit.state.kind).toBe('provisional');
});

test('[VF20] newcomers who differ from it have failed a check when it is final, and not before', () => {
  const { unit, events, postings } = answered(context, ['11b', '1a', '2a', '12a']);
  expect(validity(unit)).toEqual([false, true, true, true]);
  expect(events.toSorted()).toEqual(['failed 11', 'passed 1', 'passed 12', 'passed 2']);
  expect(postings.map(({ no }) => no).toSorted()).toEqual([1, 2, 3]);
  const believed = answered(doubtful, ['11b', '1a', '2a', '12a']);
  expect(validity(believed.unit)).toEqual(['returned', true, true, true]);
  expect(believed.events.toSorted()).toEqual(['passed 1', 'passed 12', 'passed 2']);
  const confirmed = story(believed.unit, context, confirmation());
  expect(validity(confirmed.unit)).toEqual([false, true, true, true]);
  expect([confirmed.events, confirmed.postings]).toEqual([['failed 11'], []]);
  // The truth may be on the newcomer's side.
  expect(story(believed.unit, doubtful, audit('referee'), truth('b')).events).toEqual([
    'convicted 1',
    'convicted 2',
    'failed 12',
    'passed 11',
  ]);
});

test('[VF21] when a newcomer differs from the one host whose word counts, one more host is asked before anything is believed', () => {
  const { unit, events } = answered(context, ['1a', '11b', '12b']);
  expect(unit.state).toEqual({ kind: 'open' });
  expect(kinds(unit)).toEqual(['judged', 'returned', 'returned', 'ready']);
  expect(events).toEqual([]);
});

test('[VF21] an answer that was believed for now is taken back whole when two whose word counts say another', () => {
  // Host 1 lost a vote elsewhere meanwhile: its word counts no more, and nobody has struck it.
  const believed = answered(context, ['1a', '11b']).unit;
  const { unit, postings, events } = story(
    believed,
    contextOf(trustIn({ 2: 20, 3: 20 })),
    issue(2),
    result(2, 'b'),
    issue(3),
    result(3, 'b'),
  );
  expect(unit.state).toMatchObject({ kind: 'final', digest: digestOf('b') });
  expect(validity(unit)).toEqual([false, true, true, true]);
  expect(postings.map(({ no, kind }) => `${kind} ${no}`).toSorted()).toEqual([
    'revocation 0',
    'valid-result 1',
    'valid-result 2',
    'valid-result 3',
  ]);
  expect(events.toSorted()).toEqual(['failed 1', 'passed 11', 'passed 2', 'passed 3']);
});

test('[VF22] when hosts whose word counts differ, nothing is believed before the referee has computed the unit', () => {
  const { unit, effects, last } = answered(context, ['1a', '2b']);
  expect(unit).toMatchObject({ state: { kind: 'verifying' }, truth: null });
  expect(effects).toEqual([{ kind: 'referee', job: unit.job, index: 0 }]);
  expect(last).toMatchObject({ countsDelta: { refereed: 1 }, postings: [], hostEvents: [] });
});

test('[VF22] it is asked once, whatever comes meanwhile', () => {
  const { unit, effects } = answered(context, ['1a', '2b', '3b', '11c'], truth('b'), truth('a'));
  expect(effects.filter(({ kind }) => kind === 'referee')).toHaveLength(1);
  expect(unit).toMatchObject({ state: { kind: 'final', digest: digestOf('b') }, truth: digestOf('b') });
});

test('[VF22] majorities mean nothing there: each is judged by the truth', () => {
  const { unit, events } = answered(context, ['1a', '2b', '3b', '4b'], truth('a'));
  expect(unit.state).toMatchObject({ kind: 'final', digest: digestOf('a'), grounds: { kind: 'referee' } });
  expect(events.toSorted()).toEqual(['convicted 2', 'convicted 3', 'convicted 4', 'passed 1']);
});

test('[VF23] once the truth is known, who gave it is credited and has passed; who did not has failed, or is convicted where its word counted', () => {
  const { unit, events, effects, postings } = answered(context, ['1a', '2b', '11a', '12c'], truth('a'));
  expect(validity(unit)).toEqual([true, false, true, false]);
  expect(events.toSorted()).toEqual(['convicted 2', 'failed 12', 'passed 1', 'passed 11']);
  expect(effects.filter(({ kind }) => kind === 'backtrack')).toEqual([{ kind: 'backtrack', job: unit.job, host: hostId(2) }]);
  expect(postings.map(({ kind, no }) => `${kind} ${no}`)).toEqual(['valid-result 0', 'revocation 0'].slice(0, 1).concat('valid-result 2'));
});

test('[VF23] what the wrong ones were credited is taken back', () => {
  const { unit, postings } = answered(context, ['1b', '2a'], truth('a'));
  expect(validity(unit)).toEqual([false, true]);
  expect(postings.map(({ kind, host }) => `${kind} ${host === hostId(1) ? 1 : 2}`)).toEqual([
    'valid-result 1',
    'revocation 1',
    'valid-result 2',
  ]);
});

test('[VF23] when nobody gave it, only the truth is waited for: one newcomer that gives it is enough', () => {
  const open = answered(context, ['1b', '2c'], truth('a'));
  expect(open.unit.state).toEqual({ kind: 'open' });
  expect(kinds(open.unit)).toEqual(['judged', 'judged', 'ready']);
  expect(open.events.toSorted()).toEqual(['convicted 1', 'convicted 2']);
  const wrong = story(open.unit, context, issue(3), result(3, 'b'));
  expect([wrong.unit.state.kind, ...wrong.events]).toEqual(['open', 'convicted 3']);
  const right = story(wrong.unit, context, issue(11), result(11, 'a'));
  expect(right.unit.state).toMatchObject({ kind: 'final', grounds: { kind: 'referee' } });
  expect(right.events).toEqual(['passed 11']);
});

test('[VF24] a unit fails when two accounts call it fatal, or with the third error, but not once the referee could compute it', () => {
  const fatal = story(freshUnit(), context, issue(1), failure(1, 'fatal'), issue(2), failure(2, 'fatal', 'no such prime'));
  expect(fatal.unit.state).toMatchObject({ kind: 'failed', reason: 'fatal', message: 'no such prime' });
  const errors = [1, 2, 3].flatMap((host) => [issue(host), failure(host)]);
  expect(story(freshUnit(), context, ...errors).unit.state).toMatchObject({ kind: 'failed', reason: 'too-many-errors' });
  const known = answered(context, ['1b', '2c'], truth('a')).unit;
  const hosts = [11, 12, 13, 14, 15];
  const tried = story(known, context, ...hosts.flatMap((host) => [issue(host), failure(host, 'fatal')]));
  expect(tried.unit.state).toEqual({ kind: 'open' });
  expect(story(tried.unit, context, issue(16), result(16, 'a')).unit.state.kind).toBe('final');
});

test('[VF24] a unit whose replicas are used up is decided by the referee; known, and given by nobody, it fails', () => {
  const few = contextOf(trust, { maxReplicas: 2 });
  const used = answered(few, ['11a', '12a']);
  expect(used.unit).toMatchObject({ state: { kind: 'verifying' }, truth: null });
  const { unit, last } = story(used.unit, few, truth('z'));
  expect(unit.state).toMatchObject({ kind: 'failed', reason: 'no-consensus' });
  expect(last.ending).toMatchObject({ state: 'failed', no: null });
  // Lost ones count as used, too.
  const lost = story(freshUnit(2), few, issue(1), issue(2), release(1), release(2));
  expect(lost.unit).toMatchObject({ state: { kind: 'verifying' }, truth: null });
});

test('[VF28] an answer on one host’s word gets a second replica at once in the share that is drawn', () => {
  const audited = contextOf({ ...trust, auditShare: (members) => (members === 1 ? 0.25 : 0) });
  const after = (draw?: number) => story(freshUnit(), audited, issue(1), { ...result(1, 'a'), ...(draw !== undefined && { draw }) }).unit;
  expect(kinds(after(0.24))).toEqual(['judged', 'ready']);
  expect(after(0.24).state.kind).toBe('provisional');
  expect(kinds(after(0.25))).toEqual(['judged']);
  expect(kinds(after())).toEqual(['judged']);
});

test('[VF28] an audit that was lost is made again; one that is out is not doubled; what is ready is no longer needed', () => {
  const always = contextOf({ ...trust, auditShare: () => 1 });
  const audited = story(freshUnit(), always, issue(1), { ...result(1, 'a'), draw: 0 }).unit;
  expect(kinds(story(audited, always, issue(2), release(2)).unit)).toEqual(['judged', 'lost', 'ready']);
  expect(kinds(story(audited, always, issue(2), failure(2)).unit)).toEqual(['judged', 'lost', 'ready']);
  const out = story(freshUnit(2), always, issue(1), issue(2), { ...result(1, 'a'), draw: 0 }).unit;
  expect(kinds(out)).toEqual(['judged', 'leased']);
  const spare = story(freshUnit(3), context, issue(1), issue(11), result(1, 'a')).unit;
  expect(kinds(spare)).toEqual(['judged', 'leased']);
});

test('[VF28] no audit goes beyond the most replicas a unit may have', () => {
  const always = contextOf({ ...trust, auditShare: () => 1 }, { maxReplicas: 1 });
  expect(kinds(story(freshUnit(), always, issue(1), { ...result(1, 'a'), draw: 0 }).unit)).toEqual(['judged']);
});

test('[VF32] what is believed is credited once, and not again when it is final', () => {
  const { unit, postings } = answered(doubtful, ['1a', '2a', '11a']);
  expect(unit.state.kind).toBe('provisional');
  expect(postings.map(({ no }) => no)).toEqual([0, 1, 2]);
  const final = story(unit, context, confirmation());
  expect(final.unit.state.kind).toBe('final');
  expect(final.postings).toEqual([]);
  expect(final.events).toEqual([]);
});

test('[VF19] a provisional unit can be cancelled; what was believed keeps its credit', () => {
  const { unit, last } = answered(context, ['1a'], cancellation());
  expect(unit.state.kind).toBe('cancelled');
  expect(last.postings).toEqual([]);
  expect(validity(unit)).toEqual([true]);
  expect(transition(unit, round('2a')[0] as ReturnType<typeof issue>, context).outcome.kind).toBe('refused');
});
