import { audit, cancellation, failure, hostId, issue, quorumOf, release, result, truth } from '@manyhands/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contextOf, freshUnit, play, trustIn } from '../../test/trust.ts';
import { type Conduct, conductChanges, FIRST_CONDUCT, foldConduct, giveBack, giveBackTooMuch, heldAgainst } from './conduct.ts';
import type { TransitionContext } from './transition.ts';
import type { UnitCommand } from './unit-command.ts';

/** What each host has unjudged after these commands on one unit. */
function unjudged(context: TransitionContext, replicas: number, ...commands: readonly UnitCommand[]): Record<string, number> {
  const conducts = new Map<string, Conduct>();
  let unit = freshUnit(replicas);
  for (const { unit: after } of play(unit, context, ...commands)) {
    for (const change of conductChanges(unit, after))
      conducts.set(change.host, foldConduct(conducts.get(change.host) ?? FIRST_CONDUCT, change));
    unit = after;
  }
  return Object.fromEntries([...conducts].map(([host, { unjudged }]) => [Number.parseInt(host.slice(-4), 36), unjudged]));
}

const newcomers = contextOf(trustIn({}));
const established = contextOf(trustIn({ 1: 10 }));
const pair = contextOf(trustIn({}), { verify: quorumOf(2) });

test('[VF70] an answer counts from when it comes until somebody has judged it', () => {
  expect(unjudged(newcomers, 1, issue(1))).toEqual({});
  expect(unjudged(newcomers, 1, issue(1), result(1, 'a'))).toEqual({ 1: 1 });
  expect(unjudged(newcomers, 1, issue(1), result(1, 'a'), issue(2), result(2, 'b'))).toEqual({ 1: 1, 2: 1 });
  expect(unjudged(newcomers, 1, issue(1), result(1, 'a'), audit('referee'), truth('b'))).toEqual({ 1: 0 });
  expect(unjudged(pair, 2, issue(1), issue(2), result(1, 'a'))).toEqual({ 1: 1 });
  expect(unjudged(pair, 2, issue(1), issue(2), result(1, 'a'), result(2, 'a'))).toEqual({ 1: 0, 2: 0 });
});

test('[VF70] what is believed at once, and what is no answer, never counts', () => {
  expect(unjudged(established, 1, issue(1), result(1, 'a'))).toEqual({ 1: 0 });
  expect(unjudged(newcomers, 1, issue(1), failure(1))).toEqual({});
  expect(unjudged(newcomers, 1, issue(1), release(1))).toEqual({});
});

test('[VF70] it counts no more once its unit has ended, however', () => {
  expect(unjudged(newcomers, 1, issue(1), result(1, 'a'), cancellation())).toEqual({ 1: 0 });
});

test('[VF70] what was answered before a restart is judged without having been counted, and leaves nothing below zero', () => {
  expect(foldConduct(FIRST_CONDUCT, { hasAnswered: false, unjudged: -1 })).toBe(FIRST_CONDUCT);
});

test('[VF71] eight leases may be given back at first, and one more for every four answers, up to 256', () => {
  const giveBackAll = (conduct: Conduct): number => {
    const after = giveBack(conduct);
    return after === null ? 0 : 1 + giveBackAll(after);
  };
  const after = (answers: number): Conduct =>
    Array.from({ length: answers }).reduce<Conduct>((held) => foldConduct(held, { hasAnswered: true, unjudged: 0 }), FIRST_CONDUCT);
  expect([0, 3, 4, 40, 5_000].map((answers) => giveBackAll(after(answers)))).toEqual([8, 8, 9, 18, 256]);
});

test('[VF71] what was given back beyond that counts until it would have ended, and is then forgotten', () => {
  const greedy = giveBackTooMuch(giveBackTooMuch(FIRST_CONDUCT, 100, 0), 200, 50);
  expect([0, 99, 100, 199, 200].map((now) => heldAgainst(greedy, now))).toEqual([2, 2, 1, 1, 0]);
  expect(giveBackTooMuch(greedy, 400, 150).givenBack).toEqual([200, 400]);
});

test('[VF70] [VF71] whatever is asked of a unit, each host has as many unjudged as it has answers standing open', () => {
  const command = fc.tuple(
    fc.constantFrom('issue', 'result', 'release', 'failure'),
    fc.integer({ min: 1, max: 4 }),
    fc.constantFrom('a', 'b'),
  );
  const toCommand = ([kind, host, output]: [string, number, string]): UnitCommand =>
    kind === 'issue' ? issue(host) : kind === 'result' ? result(host, output) : kind === 'release' ? release(host) : failure(host);
  fc.assert(
    fc.property(fc.array(command, { maxLength: 20 }), fc.constantFrom(newcomers, established, pair), (drawn, context) => {
      const commands = drawn.map(toCommand);
      const last = play(freshUnit(2), context, ...commands).at(-1)?.unit ?? freshUnit(2);
      const counted = unjudged(context, 2, ...commands);
      for (const host of [1, 2, 3, 4]) {
        const open = last.replicas.filter((replica) => replica.kind === 'returned' && replica.host === hostId(host)).length;
        const isOver = last.state.kind === 'final' || last.state.kind === 'failed';
        expect(counted[host] ?? 0).toBe(isOver ? 0 : open);
      }
    }),
  );
});
