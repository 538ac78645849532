import { brokenReferee, cancellation, digestOf, hostId, issue, result, truth } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { answered, contextOf, freshUnit, play, story, trustIn } from '../../test/trust.ts';
import { transition } from './unit-machine.ts';
import type { WorkUnit } from './work-unit.ts';

const trust = trustIn({ 1: 20, 2: 20, 3: 20, 4: 20 });
const context = contextOf(trust);
/** Hosts 1 and 2 made it final; these others still have it in their hands. */
function finalWith(...hosts: number[]): WorkUnit {
  const unit = story(freshUnit(2 + hosts.length), context, issue(1), issue(2), ...hosts.map((host) => issue(host))).unit;
  return story(unit, context, result(1, 'a'), result(2, 'a')).unit;
}

test('[VF23] ground truth nobody asked for, or that is known already, changes nothing', () => {
  for (const unit of [freshUnit(), answered(context, ['1a']).unit, answered(context, ['1a', '2b'], truth('a')).unit]) {
    const { outcome, unit: same } = transition(unit, truth('b'), context);
    expect(outcome).toEqual({ kind: 'ignored' });
    expect(same).toBe(unit);
  }
});

test('[VF25] when the referee cannot say it either, the unit fails in its words, and nobody is blamed', () => {
  const { unit, last, events } = answered(context, ['1a', '2b'], brokenReferee('no room here'));
  expect(unit.state).toMatchObject({ kind: 'failed', reason: 'no-consensus', message: 'no room here' });
  expect(events).toEqual([]);
  expect(last.ending).toMatchObject({ state: 'failed' });
});

test('[VF25] that the referee failed changes nothing where it was not asked, or where the unit has ended', () => {
  const cancelled = answered(context, ['1a', '2b'], cancellation()).unit;
  const disputed = story(finalWith(3), context, result(3, 'b')).unit;
  for (const unit of [freshUnit(), cancelled, disputed])
    expect(transition(unit, brokenReferee(), context)).toMatchObject({ outcome: { kind: 'ignored' }, unit });
});

test('[VF25] a unit that was cancelled meanwhile keeps what the referee found, and blames nobody', () => {
  const { unit, events } = answered(context, ['1a', '2b'], cancellation(), truth('a'));
  expect(unit).toMatchObject({ state: { kind: 'cancelled' }, truth: digestOf('a') });
  expect(events).toEqual([]);
});

test('[VF26] what comes after the end, in time, and matches has passed a check and is credited', () => {
  const { unit, last, events } = story(finalWith(3, 11), context, result(3, 'a'), result(11, 'a'));
  expect(unit.replicas.slice(2)).toMatchObject([
    { kind: 'judged', valid: true, isChecked: true },
    { kind: 'judged', valid: true, isChecked: true },
  ]);
  expect(events).toEqual(['passed 3', 'passed 11']);
  expect(last.postings).toMatchObject([{ kind: 'valid-result', host: hostId(11) }]);
});

test('[VF26] a newcomer who differs has failed a check', () => {
  const { unit, events, effects, last } = story(finalWith(11), context, result(11, 'b'));
  expect(unit.truth).toBeUndefined();
  expect([events, effects, last.postings]).toEqual([['failed 11'], [], []]);
});

test('[VF26] when a host whose word counts differs, the verdict stands and the referee is asked', () => {
  const before = finalWith(3);
  const { unit, events, last } = story(before, context, result(3, 'b'));
  expect(unit.state).toEqual(before.state);
  expect(unit).toMatchObject({ truth: null, replicas: [{}, {}, { kind: 'judged', valid: false }] });
  expect(events).toEqual([]);
  expect(last).toMatchObject({ effects: [{ kind: 'referee' }], countsDelta: { refereed: 1 }, postings: [] });
});

test('[VF26] whoever differed from the truth is convicted, whenever it came', () => {
  const before = finalWith(3, 4);
  const first = story(before, context, result(3, 'b'), truth('a'), result(4, 'c'));
  const second = story(before, context, result(3, 'b'), result(4, 'c'), truth('a'));
  for (const { unit, events, effects } of [first, second]) {
    expect(unit.state).toEqual(before.state);
    expect(events).toEqual(['convicted 3', 'convicted 4']);
    expect(effects.map(({ kind }) => kind)).toEqual(['referee', 'backtrack', 'backtrack']);
  }
});

test('[VF26] once the truth is known it goes before the verdict, for newcomers too', () => {
  const { events, last } = story(
    finalWith(3, 4, 11, 12),
    context,
    result(3, 'b'),
    truth('b'),
    result(4, 'a'),
    result(11, 'a'),
    result(12, 'b'),
  );
  expect(events.slice(3)).toEqual(['convicted 4', 'failed 11', 'passed 12']);
  expect(last.postings).toMatchObject([{ kind: 'valid-result', host: hostId(12) }]);
});

test('[VF26] a unit that the referee made final convicts late ones at once', () => {
  const played = play(freshUnit(3), context, issue(1), issue(2), issue(3), result(1, 'a'), result(2, 'b'), truth('a'));
  const { events, effects } = story(played.at(-1)?.unit as WorkUnit, context, result(3, 'b'));
  expect(events).toEqual(['convicted 3']);
  expect(effects).toMatchObject([{ kind: 'backtrack', host: hostId(3) }]);
});
