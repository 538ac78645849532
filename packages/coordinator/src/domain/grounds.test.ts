import { audit, digestOf, jobFacts, truth } from '@manyhands/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answered, confidence, contextOf, story, trustIn } from '../../test/trust.ts';
import { findViolations } from './invariants.ts';
import { ZERO_COUNTS } from './job.ts';
import { wrongOdds } from './odds.ts';
import type { Grounds, WorkUnit } from './work-unit.ts';

const context = contextOf(trustIn({ 1: 20, 2: 20, 3: 7, 4: 0 }));
const rulesOf = (unit: WorkUnit, wrongIn = 1_000): string[] => {
  const jobs = [{ ...jobFacts(1), verify: confidence(wrongIn), counts: ZERO_COUNTS }];
  const books = { jobs, units: [unit], results: [], endings: [], postings: [], maxReplicas: 10, maxErrors: 3 };
  return findViolations(books).flatMap(({ rule, message }) =>
    message === 'it is final without the results that its policy asks for' ? [rule] : [],
  );
};

type Odds = Extract<Grounds, { kind: 'odds' }>;
const byOdds = () => answered(context, ['1a', '2a', '11b', '3a']).unit;
function withGrounds(unit: WorkUnit, change: (grounds: Odds) => Grounds | undefined): WorkUnit {
  if (unit.state.kind !== 'final' || unit.state.grounds?.kind !== 'odds') throw new Error('it is not final by odds');
  const { grounds: before, ...state } = unit.state;
  const grounds = change(before);
  return { ...unit, state: { ...state, ...(grounds !== undefined && { grounds }) } };
}

test('[VF33] a verdict says what it rests on: who agreed, the checks each had passed then, and how rare liars were taken to be', () => {
  const { state } = byOdds();
  expect(state).toMatchObject({
    grounds: {
      kind: 'odds',
      phi: 0.01,
      members: [
        { no: 0, checks: 20 },
        { no: 1, checks: 20 },
      ],
    },
  });
});

test('[VF33] from that anybody recomputes it; what was added, left out or touched up is found', () => {
  expect(rulesOf(byOdds())).toEqual([]);
  const tampered: [string, (grounds: Odds) => Grounds | undefined][] = [
    ['none', () => undefined],
    ['nobody', (grounds) => ({ ...grounds, members: [] })],
    ['one word of little worth', (grounds) => ({ ...grounds, members: [{ no: 0, checks: 0 }] })],
    ['more liars', (grounds) => ({ ...grounds, phi: 0.9 })],
    ['one who said something else', (grounds) => ({ ...grounds, members: [...grounds.members, { no: 2, checks: 99 }] })],
    ['one who is not there', (grounds) => ({ ...grounds, members: [...grounds.members, { no: 7, checks: 99 }] })],
    ['a referee who was never heard', () => ({ kind: 'referee' })],
  ];
  for (const [name, change] of tampered) expect(rulesOf(withGrounds(byOdds(), change)), name).toEqual(['I15']);
  expect(rulesOf(byOdds(), 10_000_000)).toEqual(['I15']);
});

test('[VF33] what rests on the referee rests on the truth it computed', () => {
  const { unit } = story(answered(context, ['1a']).unit, context, audit('referee'), truth('a'));
  expect(rulesOf(unit)).toEqual([]);
  expect(rulesOf({ ...unit, truth: digestOf('b') })).toEqual(['I15']);
  const { truth: _, ...unheard } = unit;
  expect(rulesOf(unheard)).toEqual(['I15']);
});

test('[VF33] every verdict that is reached recomputes, and not under more than it was asked for', () => {
  const texts = fc.subarray(['1a', '2a', '3a', '4a', '11a', '12b', '13a'], { minLength: 1 });
  fc.assert(
    fc.property(texts, fc.integer({ min: 10, max: 1_000_000 }), (answers, wrongIn) => {
      const { unit } = answered({ ...context, verify: confidence(wrongIn) }, answers);
      expect(rulesOf(unit, wrongIn)).toEqual([]);
      if (unit.state.kind !== 'final' || unit.state.grounds?.kind !== 'odds') return;
      const odds = wrongOdds(
        unit.state.grounds.phi,
        unit.state.grounds.members.map(({ checks }) => checks),
      );
      expect(rulesOf(unit, Math.floor(1 / odds) + 1)).toEqual(['I15']);
    }),
  );
});
