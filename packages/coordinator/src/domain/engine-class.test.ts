import { canary, issue, release, result } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { contextOf, freshUnit, story, trustIn } from '../../test/trust.ts';
import { transition } from './unit-machine.ts';

const context = contextOf(trustIn({ 1: 20, 2: 20 }));
const of = (engine: string) => ({ engine });

test('[VF41] where replicas are compared within one engine class, the first to have a unit decides its class', () => {
  const first = story(freshUnit(2), context, { ...issue(1), ...of('v8-13') }).unit;
  expect(first.replicas[0]).toMatchObject({ engine: 'v8-13' });
  expect(transition(first, { ...issue(2), ...of('v8-12') }, context).outcome.kind).toBe('refused');
  expect(transition(first, { ...issue(2), ...of('v8-13') }, context).outcome.kind).toBe('issued');
});

test('[VF41] until its replica is lost: then the next one does', () => {
  const lost = story(freshUnit(), context, { ...issue(1), ...of('v8-13') }, release(1)).unit;
  expect(transition(lost, { ...issue(2), ...of('v8-12') }, context).outcome.kind).toBe('issued');
});

test('[VF41] a canary is of the class of those who made it final', () => {
  const [one, two] = [
    { ...issue(1), ...of('v8-13') },
    { ...issue(2), ...of('v8-13') },
  ];
  const final = story(freshUnit(2), context, one, two, result(1, 'a'), result(2, 'a')).unit;
  expect(transition(final, { ...canary(11), ...of('v8-12') }, context).outcome.kind).toBe('refused');
  const tested = transition(final, { ...canary(11), ...of('v8-13') }, context);
  expect(tested.unit.replicas[2]).toMatchObject({ kind: 'leased', engine: 'v8-13' });
});
