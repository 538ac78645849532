import type { StoryEvent, VerifyPolicy } from '@manyhands/protocol';
import {
  accountId,
  audit,
  brokenCheck,
  canary,
  cancellation,
  confirmation,
  expiry,
  failure,
  hostId,
  issue,
  judgement,
  quorumOf,
  release,
  result,
  strike,
  truth,
} from '@manyhands/testkit';
import { describe, expect, test } from 'vitest';
import { confidence, contextOf, freshUnit, play, round, trustIn } from '../../test/trust.ts';
import { NO_TRUST, type TransitionContext } from './transition.ts';
import type { UnitCommand } from './unit-command.ts';
import { tellStory } from './unit-story.ts';

/** Plays commands a second apart, and tells the story: a word or two an event. */
function told(verify: VerifyPolicy, commands: readonly UnitCommand[], over: Partial<TransitionContext> = {}, replicas = 1): string[] {
  return storyOf(verify, commands, over, replicas).map(brief);
}

function storyOf(
  verify: VerifyPolicy,
  commands: readonly UnitCommand[],
  over: Partial<TransitionContext> = {},
  replicas = 1,
): StoryEvent[] {
  const results = [];
  const postings = [];
  let unit = freshUnit(replicas);
  for (const [i, command] of commands.entries()) {
    const [step] = play(unit, contextOf(NO_TRUST, { verify, ...over, now: 1_000 * (i + 1) }), command);
    if (step === undefined) throw new Error('nothing was played');
    unit = step.unit;
    results.push(...step.results);
    postings.push(...step.postings);
  }
  return tellStory({ unit, results, postings, verify });
}

function brief(event: StoryEvent): string {
  const who = 'host' in event ? ` ${Number.parseInt(event.host.slice(-4), 36)}` : '';
  const { answer, purpose, why, cause, error, reason, late, for: what } = event as unknown as Record<string, unknown>;
  const words = [answer, purpose, why, cause, error, kindOf(reason), what, late === true ? 'late' : undefined];
  return [`${event.kind}${who}`, ...words.filter((word) => typeof word === 'string')].join(' ');
}

const kindOf = (reason: unknown): unknown => (typeof reason === 'object' ? (reason as { kind: string }).kind : reason);

describe('under a quorum', () => {
  test('[CL20] answers that agree are final, and whoever gave another one is told so', () => {
    expect(told(quorumOf(2), round('1a', '2b', '3a'), {}, 3)).toEqual([
      'handed-out 1 work',
      'handed-out 2 work',
      'handed-out 3 work',
      'answered 1 A',
      'answered 2 B',
      'answered 3 A',
      'final A quorum',
      'believed 1 A',
      'believed 3 A',
      'disbelieved 2 B vote',
    ]);
  });

  test('[CL20] what got lost, failed or came late is told in its place', () => {
    const short = { deadlineAt: 6_500 };
    const lost = [issue(1), issue(2), release(2), issue(3), failure(3), issue(4, 4, short), expiry()];
    const commands = [...lost, result(4, 'a'), result(1, 'a'), issue(5), result(5, 'a')];
    expect(told(quorumOf(2), commands, {}, 2)).toEqual([
      'handed-out 1 work',
      'handed-out 2 work',
      'lost 2 released',
      'handed-out 3 work',
      'errored 3 thrown',
      'handed-out 4 work',
      'lost 4 expired',
      'answered 4 A late',
      'answered 1 A',
      'handed-out 5 work',
      'answered 5 A',
      'final A quorum',
      'believed 1 A',
      'believed 5 A',
    ]);
  });

  test('[CL20] answers that came in time when there was one already', () => {
    const commands = [issue(1), issue(2), issue(3), result(1, 'a'), result(2, 'a'), result(3, 'b')];
    const events = storyOf(quorumOf(1), commands, {}, 3);
    expect(events.map(brief).slice(4)).toEqual([
      'final A quorum',
      'believed 1 A',
      'answered 2 A',
      'believed 2 A',
      'answered 3 B',
      'disbelieved 3 B differs',
    ]);
    expect(events.find(({ kind }) => kind === 'final')).toMatchObject({ reason: { kind: 'quorum', agreed: 1, wanted: 1 } });
    expect(events.find(({ kind }) => kind === 'believed')).toMatchObject({
      at: 4_000,
      account: accountId(1),
      host: hostId(1),
      credit: expect.any(Number),
    });
  });

  test('[CL20] answers that agree without being equal are the same answer', () => {
    const verify: VerifyPolicy = { kind: 'quorum', k: 2, agree: { kind: 'author' } };
    const compared: UnitCommand = { kind: 'record-comparisons', job: freshUnit().job, index: 0, comparisons: [] };
    const [a, b] = round('1a', '2b').slice(2) as Extract<UnitCommand, { kind: 'record-result' }>[];
    const commands = [...round('1a', '2b'), { ...compared, comparisons: [[a?.digest, b?.digest, true]] } as UnitCommand];
    expect(told(verify, commands, {}, 2).slice(2)).toEqual([
      'answered 1 A',
      'answered 2 A',
      'final A quorum',
      'believed 1 A',
      'believed 2 A',
    ]);
    expect(told(verify, commands.slice(0, -1), {}, 2).at(-1)).toBe('waits comparison');
  });

  test('[CL20] an open unit tells who has it, and that it waits for somebody else', () => {
    const events = storyOf(quorumOf(2), [issue(1)], {}, 2);
    expect(events.map(brief)).toEqual(['handed-out 1 work', 'computing 1', 'waits volunteer']);
    expect(events[1]).toMatchObject({ at: null, until: 1_000_000 });
  });

  test('[CL20] ends without an answer', () => {
    expect(told(quorumOf(1), [issue(1), failure(1, 'thrown', 'why')], { maxErrors: 1 })).toEqual([
      'handed-out 1 work',
      'errored 1 thrown',
      'failed too-many-errors',
    ]);
    expect(told(quorumOf(1), [issue(1), cancellation()])).toEqual(['handed-out 1 work', 'lost 1 revoked', 'cancelled']);
  });
});

describe('under proof', () => {
  const proof: VerifyPolicy = { kind: 'proof' };

  test('[CL20] an answer waits for the check, which passes or refuses it', () => {
    expect(told(proof, [issue(1), result(1, 'a')]).at(-1)).toBe('waits check');
    const commands = [issue(1), result(1, 'a'), judgement(0, 'invalid'), issue(2), result(2, 'b'), judgement(1, 'valid')];
    expect(told(proof, commands)).toEqual([
      'handed-out 1 work',
      'answered 1 A',
      'disbelieved 1 A check',
      'handed-out 2 work',
      'answered 2 B',
      'final B proof',
      'believed 2 B',
    ]);
    expect(told(proof, [issue(1), result(1, 'a'), brokenCheck(0, 'it threw')]).at(-1)).toBe('failed thrown');
  });
});

describe('under confidence', () => {
  const known = (established: Record<number, number>, over: object = {}) => ({ trust: trustIn(established, over) });

  test('[CL20] one word is believed for now, an audit makes it final, and the odds are told', () => {
    const first = [issue(1), result(1, 'a')];
    expect(told(confidence(), first, known({ 1: 9 }))).toEqual([
      'handed-out 1 work',
      'answered 1 A',
      'provisional A',
      'believed 1 A',
      'waits audit',
    ]);
    const audited = [...first, audit(), issue(2), result(2, 'a')];
    const events = storyOf(confidence(), audited, known({ 1: 9, 2: 5 }));
    expect(events.map(brief).slice(2)).toEqual(['believed 1 A', 'handed-out 2 audit', 'answered 2 A', 'final A odds', 'believed 2 A']);
    const final = events.find((event) => event.kind === 'final');
    expect(final).toMatchObject({
      reason: {
        kind: 'odds',
        wrongIn: 1_000,
        members: [
          { no: 0, checks: 9 },
          { no: 1, checks: 5 },
        ],
      },
    });
    expect(final?.reason.kind === 'odds' && 1 / final.reason.odds).toBeCloseTo((Math.E * 14) / 0.01 ** 2);
    expect(told(confidence(), [...first, audit()], known({ 1: 9 })).at(-1)).toBe('waits volunteer');
  });

  test('[CL20] only the word of newcomers is not enough', () => {
    expect(told(confidence(), [issue(1), result(1, 'a')], known({})).at(-1)).toBe('waits word');
    expect(told(confidence(), [...round('1a', '2b')], known({ 1: 3 }), 2).at(-1)).toBe('waits volunteer');
  });

  test('[CL20] the referee decides between words that differ', () => {
    const dispute = round('1a', '2b');
    const trusted = known({ 1: 3, 2: 3 });
    expect(told(confidence(), dispute, trusted, 2).slice(2)).toEqual([
      'answered 1 A',
      'believed 1 A',
      'answered 2 B',
      'referee',
      'waits referee',
    ]);
    expect(told(confidence(), [...dispute, truth('a')], trusted, 2).slice(5)).toEqual([
      'referee A',
      'final A referee',
      'disbelieved 2 B truth',
    ]);
    expect(told(confidence(), [...dispute, truth('c')], trusted, 2).slice(5)).toEqual([
      'referee C',
      'disbelieved 2 B truth',
      'disbelieved 1 A truth',
      'waits truth',
    ]);
  });

  test('[CL20] what was credited is taken back when its host is convicted elsewhere', () => {
    const trusted = known({ 1: 9, 2: 9 });
    const events = storyOf(confidence(), [issue(1), result(1, 'a'), strike(1)], trusted);
    expect(events.map(brief)).toEqual([
      'handed-out 1 work',
      'answered 1 A',
      'believed 1 A',
      'disbelieved 1 A convicted',
      'waits volunteer',
    ]);
    const [believed, taken] = [events[2], events[3]];
    expect(taken).toMatchObject({ at: 3_000, takenBack: believed?.kind === 'believed' ? believed.credit : -1 });
  });

  test('[CL20] a canary is told as one', () => {
    const final = [issue(1), result(1, 'a'), confirmation(), canary(2), result(2, 'b'), canary(3)];
    const events = told(confidence(10), final, known({ 1: 999 }));
    expect(events).toEqual([
      'handed-out 1 work',
      'answered 1 A',
      'believed 1 A',
      'final A odds',
      'handed-out 2 canary',
      'answered 2 B',
      'disbelieved 2 B truth',
      'handed-out 3 canary',
      'computing 3',
    ]);
  });
});
