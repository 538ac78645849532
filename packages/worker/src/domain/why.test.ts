import { expect, test } from 'vitest';
import { assignment, leaseId, okResult, taskId } from '../../test/builders.ts';
import { createAgent } from './agent.ts';
import { type AgentState, DEFAULT_SETTINGS, type LinkState, type OnlineLink } from './agent-state.ts';
import { type LeasePhase, withLeases } from './lease-book.ts';
import { createFinished } from './result-queue.ts';
import { inWords, whySentence } from './why.ts';

const NOW = 1_000_000;

const ONLINE: OnlineLink = {
  kind: 'online',
  attempt: 0,
  openedAt: 0,
  heartbeatMs: 20_000,
  quota: 8,
  reconciled: true,
  answerBy: null,
  beatAt: 0,
  wish: 0,
  askAt: 0,
  submitAt: 0,
  progressAt: 0,
  drainRetryMs: null,
};
const OFFLINE: LinkState = { kind: 'offline', attempt: 1, retryAt: NOW + 12_000, reason: 'ECONNREFUSED' };
const RUNNING: LeasePhase = { kind: 'running', fraction: 0, reported: 0 };

function why(change: Partial<AgentState>, phases: readonly LeasePhase[] = [], results = 0): string {
  const leases = withLeases(
    new Map(),
    phases.map((phase, n) => ({ ...assignment(n), phase, attempt: 1, hasCheckpoint: false })),
  );
  const finished = Array.from(
    { length: results },
    (_, n) => [leaseId(100 + n), createFinished(okResult(100 + n), taskId(), 'ready')] as const,
  );
  return whySentence({ ...createAgent({ ...DEFAULT_SETTINGS, threads: 2 }), leases, results: new Map(finished), ...change }, NOW);
}

test('[WK40] computing', () => {
  expect(why({ link: ONLINE }, [RUNNING, { kind: 'queued' }])).toBe('Computing 1 unit, with 1 more at hand.');
  expect(why({ link: OFFLINE }, [RUNNING, RUNNING])).toBe(
    'Computing 2 units, with 0 more at hand. The coordinator is out of reach (ECONNREFUSED); results are kept and delivered later, next attempt in 12 s.',
  );
  expect(why({ link: ONLINE }, [{ kind: 'preparing' }])).toBe('Fetching what is needed to compute 1 unit.');
});

test('[WK40] paused, until when, and how to go on', () => {
  expect(why({ pause: { untilAt: null } }, [RUNNING])).toBe(
    'Paused by you until you resume it; 1 unit held. "manyhands resume" goes on at once.',
  );
  expect(why({ pause: { untilAt: NOW + 7_200_000 } })).toContain('for another 2 h');
});

test('[WK40] idle: each reason has its words', () => {
  expect(why({ link: OFFLINE })).toBe('Idle: no connection (ECONNREFUSED); tries again in 12 s.');
  expect(why({ link: OFFLINE }, [], 1)).toContain('On disk: 1 delivery.');
  expect(why({ link: { kind: 'connecting', attempt: 0 } }, [], 2)).toBe('Idle: connecting to the coordinator. On disk: 2 deliveries.');
  expect(why({ link: ONLINE })).toContain('waiting for the answer');
  expect(why({ link: ONLINE }, [], 3)).toBe('Delivering 3 units.');
  expect(why({ link: { ...ONLINE, quota: 0 } })).toContain('quota is 0');
  expect(why({ link: { ...ONLINE, drainRetryMs: 5 } })).toContain('about to restart');
  expect(why({ link: ONLINE, noWork: { reason: 'no-jobs', untilAt: NOW + 30_000 } })).toBe(
    'Idle: the project has no open work; asks again in 30 s.',
  );
});

test('[WK40] ending', () => {
  expect(why({ intent: { kind: 'ended', failure: null, reason: 'it was stopped' } })).toBe('Ended: it was stopped.');
  expect(why({ intent: { kind: 'ended', failure: 'refused', reason: 'Update the worker.' } })).toBe('Stopped: Update the worker.');
  expect(why({ intent: { kind: 'stopping', graceEndsAt: NOW + 4_000 } }, [RUNNING])).toContain('1 unit may run 4 s more');
  expect(why({ intent: { kind: 'finishing' }, link: ONLINE }, [RUNNING], 1)).toContain('1 unit and 1 delivery are done.');
});

test('times in words', () => {
  expect([inWords(-5), inWords(89_000), inWords(90_000), inWords(3 * 3_600_000)]).toEqual(['0 s', '89 s', '2 min', '3 h']);
});
