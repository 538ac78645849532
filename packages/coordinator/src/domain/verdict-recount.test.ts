/** What a failure rests on; verdicts that give an answer are recounted in evidence/verify-evidence.test.ts and after every step of the walks. */
import {
  accountId,
  brokenCheck,
  brokenReferee,
  digestOf,
  expiry,
  failure,
  issue,
  jobFacts,
  judgement,
  quorumOf,
  result,
  truth,
} from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { confidence, contextOf, freshUnit, play, round, trustIn } from '../../test/trust.ts';
import type { StoredResult } from './change-set.ts';
import { type Job, ZERO_COUNTS } from './job.ts';
import { NO_TRUST, type TransitionContext } from './transition.ts';
import type { UnitCommand } from './unit-command.ts';
import { evidenceViolations } from './verdict-recount.ts';
import type { FailureReason, WorkUnit } from './work-unit.ts';

const BOUNDS = { maxReplicas: 4, maxErrors: 2 };
const quorum = { verify: quorumOf(2), trust: NO_TRUST };
const proof = { verify: { kind: 'proof' }, trust: NO_TRUST } as const;
const trusted = { verify: confidence(), trust: trustIn({ 1: 9, 2: 9 }) };
type Rules = Pick<TransitionContext, 'verify' | 'trust'>;

function failed(rules: Rules, commands: readonly UnitCommand[]): { unit: WorkUnit; results: StoredResult[]; job: Job } {
  const played = play(
    freshUnit(rules.verify.kind === 'quorum' ? rules.verify.k : 2),
    contextOf(rules.trust, { ...rules, ...BOUNDS }),
    ...commands,
  );
  const unit = played.at(-1)?.unit as WorkUnit;
  return { unit, results: played.flatMap(({ results }) => results), job: { ...jobFacts(1), verify: rules.verify, counts: ZERO_COUNTS } };
}

const messages = ({ unit, results, job }: ReturnType<typeof failed>): string[] =>
  evidenceViolations(unit, results, job, BOUNDS).map(({ message }) => message);

const UNFOUNDED = 'its failure does not follow from what came back';
const hosts = (...numbers: number[]): UnitCommand[] => numbers.map((n) => issue(n));
const fails = (...numbers: number[]): UnitCommand[] => numbers.flatMap((n) => [issue(n), failure(n, 'thrown')]);

const failures: [what: string, rules: Rules, reason: FailureReason, commands: UnitCommand[]][] = [
  ['nobody agrees', quorum, 'no-consensus', ['a', 'b', 'c', 'd'].flatMap((output, n) => [issue(n), result(n, output)])],
  [
    'three do not agree, and one is still out',
    { ...quorum, verify: quorumOf(3) },
    'no-consensus',
    [...hosts(1, 2, 3), result(1, 'a'), result(2, 'b'), issue(4), result(4, 'c')],
  ],
  ['nobody ever answers', quorum, 'no-consensus', [1, 2, 3, 4].flatMap((n) => [issue(n, n, { deadlineAt: 1 }), expiry()])],
  ['too many errors', quorum, 'too-many-errors', fails(1, 2)],
  ['two accounts call it fatal', quorum, 'fatal', [1, 2].flatMap((n) => [issue(n), failure(n, 'fatal')])],
  ['the check is broken', proof, 'thrown', [issue(1), result(1, 'a'), brokenCheck(0, 'it threw')]],
  ['the referee is broken', trusted, 'no-consensus', [...round('1a', '2b'), brokenReferee()]],
  [
    'nobody finds what the referee found',
    trusted,
    'no-consensus',
    [...round('1a', '2b'), truth('c'), ...[3, 4].flatMap((n) => [issue(n), result(n, `x${n}`)])],
  ],
];

test.each(failures)('[CL16] a unit that failed because %s is justified in that', (_what, rules, reason, commands) => {
  const outcome = failed(rules, commands);
  expect(outcome.unit.state).toMatchObject({ kind: 'failed', reason });
  expect(messages(outcome)).toEqual([]);
});

test('[CL16] what a check says is taken for granted, also when it refuses an answer once and passes it another time', () => {
  const twice = [issue(1), result(1, 'a'), judgement(0, 'invalid'), issue(2), result(2, 'a'), judgement(1, 'valid')];
  expect(messages(failed(proof, twice))).toEqual([]);
});

const forged: [what: string, rules: Rules, commands: UnitCommand[], reason: FailureReason][] = [
  ['errors that were not', quorum, [...hosts(1), failure(1, 'thrown')], 'too-many-errors'],
  ['a fatal error of one account only', quorum, [...hosts(1), failure(1, 'fatal')], 'fatal'],
  ['a broken check of nothing', proof, hosts(1), 'thrown'],
  ['no agreement, with replicas left', quorum, round('1a', '2b'), 'no-consensus'],
  ['no agreement, where two agree', quorum, round('1a', '2a'), 'no-consensus'],
  ['no agreement under proof', proof, [issue(1), result(1, 'a')], 'no-consensus'],
  ['no right answer, where the referee found it', trusted, [...round('1a', '2b'), truth('a')], 'no-consensus'],
];

test.each(forged)('[CL17] a unit that is said to have failed by %s is found', (_what, rules, commands, reason) => {
  const outcome = failed(rules, commands);
  const replicas = outcome.unit.replicas.filter(({ kind }) => kind === 'returned' || kind === 'judged' || kind === 'lost');
  const unit: WorkUnit = { ...outcome.unit, replicas, state: { kind: 'failed', reason, message: '', at: 9 } };
  expect(messages({ ...outcome, unit })).toContain(UNFOUNDED);
});

test('[CL17] a verdict by odds whose hosts do not agree with each other is found', () => {
  const rules: Rules = { verify: { ...confidence(10), agree: { kind: 'author' } }, trust: trustIn({ 1: 9, 2: 9 }) };
  const { unit, results, job } = failed(rules, round('1a', '2b'));
  const judged = unit.replicas.map((replica) =>
    replica.kind === 'ready' ? replica : { ...replica, kind: 'judged', valid: true },
  ) as WorkUnit['replicas'];
  const members = [0, 1].map((no) => ({ no, checks: 9 }));
  const [a, b, c] = [digestOf('a'), digestOf('b'), digestOf('c')];
  const third = { ...judged[0], no: 2, host: 'host_x', account: accountId(3), digest: c } as WorkUnit['replicas'][number];
  const final = { kind: 'final', digest: c, at: 2_000, grounds: { kind: 'odds', phi: 0.01, members } } as const;
  const comparisons = [
    [a, c, true],
    [b, c, true],
    [a, b, false],
  ] as const;
  const own = { ...(results[0] as StoredResult), no: 2, body: { kind: 'ok', digest: c, output: 'c' } } as const;
  const forgery = { unit: { ...unit, state: final, replicas: [...judged, third], comparisons }, results: [...results, own], job };
  expect(messages(forgery)).toEqual(['it rests on hosts whose answers do not agree with each other']);
});

test('[CL17] a result of a host that has not answered is found', () => {
  const { unit, job } = failed(quorum, [issue(1)]);
  const { results } = failed(quorum, [issue(1), result(1, 'a')]);
  expect(messages({ unit, results, job })).toEqual(['something is stored of replica 0 that the unit does not know of']);
});
