import {
  audit,
  confirmation,
  digestOf,
  hostId,
  issue,
  jobFacts,
  jobId,
  judgement,
  result,
  strike,
  taskId,
  truth,
} from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { confidence, contextOf, freshUnit, round, story, trustIn } from '../../test/trust.ts';
import { historyViolations } from './history-invariants.ts';
import { findViolations, type Snapshot } from './invariants.ts';
import { ZERO_COUNTS } from './job.ts';
import { createStanding, type Standing } from './standing.ts';
import { createTally } from './tally.ts';
import type { UnitCommand } from './unit-command.ts';
import type { WorkUnit } from './work-unit.ts';

const trust = trustIn({ 1: 400, 2: 400 });
const context = contextOf(trust);
const answeredAt = (index: number, now: number, texts: readonly string[], ...then: readonly UnitCommand[]): WorkUnit => {
  const commands = [...round(...texts), ...then].map((command) => ({ ...command, index }));
  return { ...story({ ...freshUnit(texts.length), index }, { ...context, now }, ...commands).unit, revision: 1 };
};

const standing = (host: number, over: Partial<Standing>): Standing => ({
  ...createStanding(taskId(1), hostId(host), 'account' as Standing['account'], 8),
  ...over,
});
const tally = (host: number, checks: number) => ({ ...createTally(jobId(1), hostId(host)), checks });

/** What is wrong about hosts; the rest of these books is left out. */
function trustRules(units: readonly WorkUnit[], over: Partial<Snapshot>): string[] {
  const jobs = [{ ...jobFacts(units.length), verify: confidence(), counts: ZERO_COUNTS }];
  const books: Snapshot = { jobs, units, results: [], endings: [], postings: [], maxReplicas: 10, maxErrors: 3, ...over };
  return findViolations(books)
    .filter(({ rule }) => rule === 'I19' || rule === 'I20')
    .map(({ rule, subject }) => `${rule} ${subject.split('/')[1] ?? ''}`.trim());
}

/** Host 1 was found to lie in unit 0, at 5,000; unit 1 rests on what it said at 4,000. */
const convicted = answeredAt(0, 5_000, ['1b', '2a'], truth('a'));
const resting = answeredAt(1, 4_000, ['1a']);

test('[VF27] [WU25] finds what is believed for now on the word of a convicted host', () => {
  const tallies = [tally(1, 0), tally(2, 401)];
  expect(trustRules([convicted, resting], { tallies })).toEqual(['I19 1']);
  expect(trustRules([convicted, resting], { tallies: [tally(2, 401)] })).toEqual(['I19 1']);
  const struck = story(resting, context, { ...strike(1), index: 1 }).unit;
  expect(trustRules([convicted, struck], { tallies })).toEqual([]);
  // Somebody else says the same.
  expect(trustRules([convicted, answeredAt(1, 4_000, ['1a', '2a'])], { tallies })).toEqual([]);
  // It came after the conviction, when its word counted again.
  expect(trustRules([convicted, answeredAt(1, 6_000, ['1a'])], { tallies: [tally(1, 0)] })).toEqual([]);
  expect(trustRules([convicted, resting], { tallies: [tally(1, 3)] })).toEqual([]);
  // Nobody is convicted without ground truth.
  expect(trustRules([{ ...resting, index: 0 }], { tallies: [] })).toEqual([]);
});

test('[VF30] [WU25] finds what is final on one host’s word that was convicted since, and not taken back', () => {
  const final = story(resting, context, { ...confirmation(), index: 1 }).unit;
  expect(final.state.kind).toBe('final');
  expect(trustRules([convicted, final], { tallies: [tally(1, 0)] })).toEqual(['I19 1']);
  expect(trustRules([convicted, final], { tallies: [tally(1, 400)] })).toEqual([]);
  // The referee has computed it since, and speaks for it or against it.
  expect(
    trustRules([convicted, { ...final, truth: (convicted.truth ?? null) as NonNullable<WorkUnit['truth']> }], { tallies: [] }),
  ).toEqual([]);
  // What else is wrong with it is not for this rule to say.
  expect(trustRules([convicted, { ...final, replicas: [] }], { tallies: [] })).toEqual([]);
  const nobody = { ...final, state: { ...final.state, grounds: { kind: 'odds', phi: 0.01, members: [] } } } as WorkUnit;
  expect(trustRules([convicted, nobody], { tallies: [] })).toEqual([]);
  expect(trustRules([convicted, final], { tallies: [] })).toEqual(['I19 1']);
  const several = answeredAt(1, 4_000, ['1a', '2a']);
  expect(trustRules([several], { tallies: [tally(1, 0), tally(2, 0)] })).toEqual([]);
});

test('[VF27] [WU25] without tallies, in a job nobody knows, or under another policy, nothing is said of it', () => {
  expect(trustRules([convicted, resting], {})).toEqual([]);
  expect(trustRules([convicted, resting], { jobs: [], tallies: [] })).toEqual([]);
  const quorum = [{ ...jobFacts(2), counts: ZERO_COUNTS }];
  expect(trustRules([convicted, resting], { jobs: quorum, tallies: [] })).toEqual([]);
});

test('[VF12] [WU25] finds a ban without as much ground truth on record', () => {
  const lies = (n: number) => Array.from({ length: n }, (_, index) => answeredAt(index, 5_000, ['1b', '2a'], truth('a')));
  const ban = (convictions: number) => ({ standings: [standing(1, { isBanned: true, convictions })] });
  expect(trustRules(lies(5), ban(5))).toEqual([]);
  expect(trustRules(lies(4), ban(5))).toEqual(['I20']);
  expect(trustRules(lies(5), ban(4))).toEqual(['I20']);
  // Lost votes are no ground truth, and neither is what host 2 or another task did.
  expect(
    trustRules(
      Array.from({ length: 9 }, (_, index) => answeredAt(index, 5_000, ['11b', '1a', '2a'])),
      {
        standings: [standing(11, { isBanned: true, convictions: 5 })],
      },
    ),
  ).toEqual(['I20']);
  expect(trustRules(lies(5), { standings: [standing(2, { isBanned: true, convictions: 5 })] })).toEqual(['I20']);
  expect(trustRules(lies(5), { standings: [standing(1, { isBanned: true, convictions: 5, task: taskId(2) })] })).toEqual(['I20']);
  expect(trustRules(lies(4), { standings: [standing(1, { convictions: 5 })] })).toEqual([]);
});

test('[VF12] [WU25] an answer that its proof check refused is ground truth as well', () => {
  const proof = { ...context, verify: { kind: 'proof' as const } };
  const lies = [1, 2, 3, 4, 5].map((_, index) => {
    const commands = [issue(1), result(1, 'b'), judgement(0, 'invalid')].map((command) => ({ ...command, index }));
    return story({ ...freshUnit(), index }, proof, ...commands).unit;
  });
  const jobs = [{ ...jobFacts(5), verify: proof.verify, counts: ZERO_COUNTS }];
  const standings = [standing(1, { isBanned: true, convictions: 5 })];
  expect(trustRules(lies, { jobs, standings })).toEqual([]);
  expect(trustRules(lies.slice(1), { jobs, standings })).toEqual(['I20']);
});

test('[WU22] history: what is ready may be dropped once an answer is believed, be it for now', () => {
  const open = story(freshUnit(2), context, issue(1)).unit;
  const provisional = story(open, context, result(1, 'a')).unit;
  expect(provisional.replicas).toHaveLength(1);
  expect(historyViolations(open, provisional)).toEqual([]);
  expect(historyViolations(story(provisional, context, audit()).unit, { ...provisional, state: { kind: 'open' } })).toMatchObject([
    { rule: 'I10' },
  ]);
});

test('[VF84] [WU25] what came too late and was wrong stands on record against its host too', () => {
  const late = (index: number, output: string): WorkUnit => {
    const unit = answeredAt(index, 1_000, ['1b', '2a'], truth('a'));
    const replicas = unit.replicas.map((replica) => {
      if (replica.kind === 'ready' || replica.no !== 0) return replica;
      const { no, lease, host, account, leasedAt } = replica;
      return { kind: 'lost', no, cause: 'expired', lease, host, account, leasedAt, lateDigest: digestOf(output) } as const;
    });
    return { ...unit, replicas };
  };
  const banned = { standings: [standing(1, { isBanned: true, convictions: 5 })] };
  expect(
    trustRules(
      [0, 1, 2, 3, 4].map((index) => late(index, 'b')),
      banned,
    ),
  ).toEqual([]);
  expect(
    trustRules(
      [0, 1, 2, 3, 4].map((index) => late(index, 'a')),
      banned,
    ),
  ).toEqual(['I20']);
});
