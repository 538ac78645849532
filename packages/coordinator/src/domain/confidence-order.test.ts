/** I17 under `confidence`: what the order in which answers arrive, and the moment at which the referee is heard, decide, and what they do not. */
import { digestOf, issue, result, truth } from '@manyhands/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { confidence, contextOf, freshUnit, story, trustIn } from '../../test/trust.ts';
import type { WorkUnit } from './work-unit.ts';

const TRUTH = 'a';

interface Given {
  readonly host: number;
  readonly output: string;
  /** Where it comes in another order. */
  readonly rank: number;
  /** Every second answer is audited at once; in another order, the others are. */
  readonly draw: number;
}

/** Hosts 1 to 4 are established, 11 to 13 newcomers; each answers once. */
const hosts = fc.subarray([1, 2, 3, 4, 11, 12, 13], { minLength: 1 });
const round: fc.Arbitrary<Given[]> = hosts.chain((chosen) =>
  fc.tuple(
    ...chosen.map((host) =>
      fc.record({ host: fc.constant(host), output: fc.constantFrom('a', 'a', 'b', 'c'), rank: fc.nat(1_000), draw: fc.constantFrom(0, 1) }),
    ),
  ),
);
/** After how many answers the referee is heard, at the earliest. */
const patience = fc.nat(7);
const wrongIn = fc.constantFrom(100, 1_000, 1_000_000_000);

function arrive(answers: readonly Given[], asked: number, heardAfter: number) {
  const context = contextOf(trustIn({ 1: 20, 2: 20, 3: 5, 4: 0 }, { auditShare: () => 0.5 }), { verify: confidence(asked) });
  const numbered = answers.toSorted((a, b) => a.host - b.host);
  let unit = story(freshUnit(answers.length), context, ...numbered.map(({ host }) => issue(host))).unit;
  const events: string[] = [];
  const hear = () => {
    if (unit.truth !== null) return;
    const told = story(unit, context, truth(TRUTH));
    unit = told.unit;
    events.push(...told.events);
  };
  for (const [n, { host, output, draw }] of answers.entries()) {
    const told = story(unit, context, { ...result(host, output), draw });
    unit = told.unit;
    events.push(...told.events);
    if (n + 1 >= heardAfter) hear();
  }
  hear();
  const told = (kind: string) => events.filter((event) => event.startsWith(kind)).toSorted();
  return { unit, convicted: told('convicted'), failed: told('failed'), passed: told('passed') };
}

const inAnotherOrder = (answers: readonly Given[]): Given[] =>
  answers.toSorted((a, b) => a.rank - b.rank).map((answer) => ({ ...answer, draw: 1 - answer.draw }));

const both = (answers: readonly Given[], asked: number, heard: number, heardLater: number) =>
  [arrive(answers, asked, heard), arrive(inAnotherOrder(answers), asked, heardLater)] as const;

const judgedIn = ({ replicas }: WorkUnit) =>
  replicas.filter(({ kind }) => kind !== 'ready').map((replica) => (replica.kind === 'judged' ? replica.valid : replica.kind));
const answerOf = ({ state }: WorkUnit) => ('digest' in state ? state.digest : null);
/** Two whose word counts may be believed together before the truth is asked for. */
const agreeOnALie = (answers: readonly Given[]): boolean =>
  ['b', 'c'].some((lie) => answers.filter(({ host, output }) => host < 10 && output === lie).length > 1);

test('[VF34] who is convicted does not depend on the order in which answers came', () => {
  fc.assert(
    fc.property(round, wrongIn, patience, patience, (answers, asked, heard, heardLater) => {
      const [one, other] = both(answers, asked, heard, heardLater);
      expect(other.convicted).toEqual(one.convicted);
    }),
    { numRuns: 1_000 },
  );
});

test('[VF34] [VF80] nor does what becomes of the unit and who was right, also when a lie was final in between', () => {
  fc.assert(
    fc.property(round, wrongIn, patience, patience, (answers, asked, heard, heardLater) => {
      const [one, other] = both(answers, asked, heard, heardLater);
      expect([other.unit.state.kind, answerOf(other.unit)]).toEqual([one.unit.state.kind, answerOf(one.unit)]);
      if (one.unit.state.kind === 'final') expect(judgedIn(other.unit)).toEqual(judgedIn(one.unit));
      // Newcomers whom a lie made fail have failed, though they are heard again and credited.
      if (!agreeOnALie(answers)) expect(other.failed).toEqual(one.failed);
    }),
    { numRuns: 1_000 },
  );
});

test('[VF34] [VF80] one lie that two told may be final before somebody says otherwise: then the truth convicts them, and it is taken back', () => {
  const given = (...texts: [number, string][]): Given[] => texts.map(([host, output]) => ({ host, output, rank: 0, draw: 1 }));
  const early = arrive(given([1, 'b'], [2, 'b'], [3, 'a']), 1_000, 9);
  expect(early.unit).toMatchObject({ retractions: [{ reason: 'refuted', digest: digestOf('b') }] });
  expect(early.unit.state).toMatchObject({ kind: 'final', digest: digestOf('a') });
  const late = arrive(given([1, 'b'], [3, 'a'], [2, 'b']), 1_000, 9);
  expect(late.unit.state).toMatchObject({ kind: 'final', digest: digestOf('a') });
  for (const { convicted } of [early, late]) expect(convicted).toEqual(['convicted 1', 'convicted 2']);
});

test('[VF34] with answers that all agree nothing at all depends on their order', () => {
  fc.assert(
    fc.property(round, wrongIn, (answers, asked) => {
      const agreeing = answers.map((answer) => ({ ...answer, output: 'a' }));
      const [one, other] = both(agreeing, asked, 9, 9);
      expect([other.passed, other.failed, other.convicted]).toEqual([one.passed, one.failed, one.convicted]);
      expect(other.unit.state.kind).toBe(one.unit.state.kind);
      expect(judgedIn(other.unit)).toEqual(judgedIn(one.unit));
    }),
  );
});
