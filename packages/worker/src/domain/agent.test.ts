import { LIMITS, type Upstream } from '@manyhands/protocol';
import { expect, test } from 'vitest';
import { AgentWorld } from '../../test/agent-world.ts';
import { assignFrame, assignment, leaseId, okResult, taskId } from '../../test/builders.ts';
import { createAgent, nextWakeAt, step } from './agent.ts';
import { DEFAULT_SETTINGS, type OnlineLink } from './agent-state.ts';

const OK = { status: 'ok', output: '1', elapsedMs: 10 } as const;

/** Connected, both sides agree. */
function online(quota = 100, threads = 2): AgentWorld {
  const world = new AgentWorld(threads);
  world.welcome(quota);
  world.answerReconcile(0);
  return world;
}

/** Connected and computing `count` units, those that find a thread. */
function busy(count = 2, quota = 100): AgentWorld {
  const world = online(quota);
  world.assign(count);
  while (world.preparing.size > 0) world.prepare(0, 'prepared');
  return world;
}

const said = <T extends Upstream['type']>(world: AgentWorld, type: T) =>
  world.sent.filter((message): message is Extract<(typeof world.sent)[number], { type: T }> => message.type === type);
const linkOf = (world: AgentWorld): OnlineLink => world.state.link as OnlineLink;

test('[WK18] the first word on a connection names all that is held, page by page; the first wish comes after the answer', () => {
  const world = new AgentWorld();
  const leases = Array.from({ length: LIMITS.leasesPerFrame + 1 }, (_, n) => ({ ...assignment(n), hasCheckpoint: false }));
  const { state, actions } = step(createAgent({ ...DEFAULT_SETTINGS, threads: 2 }), {
    kind: 'started',
    at: 5,
    leases,
    results: [],
    pause: null,
  });
  expect(actions.map(({ kind }) => kind)).toEqual([...leases.map(() => 'prepare'), 'connect']);
  const opened = step(state, { kind: 'welcomed', at: 6, heartbeatMs: 20_000, quota: 8 });
  const pages = opened.actions.map((action) => (action.kind === 'send' && action.message.type === 'reconcile' ? action.message : null));
  expect(pages.map((page) => [page?.leases.length, page?.more])).toEqual([
    [LIMITS.leasesPerFrame, true],
    [1, false],
  ]);
  world.welcome(8);
  expect(world.sent.map(({ type }) => type)).toEqual(['reconcile']);
  world.answerReconcile(0);
  expect(world.sent.map(({ type }) => type)).toEqual(['reconcile', 'request-work']);
});

test('[WK10] what the coordinator drops while reconciling is aborted and forgotten; a result is submitted all the same', () => {
  const world = busy(3);
  world.end(0, OK);
  world.keep();
  world.lose();
  world.advance(2_000);
  world.welcome(100);
  expect(world.reconciling).toHaveLength(3);
  world.answerReconcile(1);
  expect(world.aborted.size + [...world.letGo].filter((lease) => world.forgotten.has(lease)).length).toBeGreaterThan(0);
  expect(
    said(world, 'submit')
      .at(-1)
      ?.results.map(({ lease }) => lease),
  ).toEqual([leaseId(0)]);
  expect(world.state.tally.dropped).toBe(2);
});

test('[WK10] ended and revoked leases are let go of; a second revocation changes nothing', () => {
  const world = busy(3);
  world.revoke(leaseId(0));
  world.revoke(leaseId(0));
  world.letGo.add(leaseId(1));
  world.say({ type: 'renewed', leases: [], ended: [leaseId(1), leaseId(77)] });
  expect([...world.aborted]).toEqual([leaseId(0), leaseId(1)]);
  world.end(0, OK);
  world.end(0, OK);
  expect([...world.state.leases.keys()]).toEqual([leaseId(2)]);
  expect(world.state.results.size).toBe(0);
});

test('[WK9] leases that are held already are not taken again', () => {
  const world = busy(2);
  world.say(assignFrame([0, 1]));
  expect(world.state.tally.accepted).toBe(2);
});

test('[WK28] of what it never asked for a host takes so much and no more; the rest goes back and is not written down', () => {
  const world = online();
  const { maxHeld } = DEFAULT_SETTINGS;
  for (let round = 0; round < 2; round++) world.assign(maxHeld - 24);
  expect(world.noted.size).toBe(maxHeld);
  expect(world.preparing.size).toBe(maxHeld);
  const back = said(world, 'release').flatMap(({ leases }) => leases.map(({ lease }) => lease));
  expect(back).toHaveLength(maxHeld - 48);
  expect(back.filter((lease) => world.noted.has(lease))).toEqual([]);
  expect(world.state.tally).toMatchObject({ accepted: maxHeld, dropped: maxHeld - 48 });
});

test('[WK28] results that nobody acknowledges take the room of leases, and nothing is wished for beyond it', () => {
  const world = busy(DEFAULT_SETTINGS.maxHeld);
  while (world.executing.size > 0) world.end(0, OK);
  world.keep();
  world.advance(1_000);
  expect(world.state.results.size).toBe(DEFAULT_SETTINGS.maxHeld);
  const before = said(world, 'request-work').length;
  world.assign(5);
  expect(said(world, 'release').flatMap(({ leases }) => leases)).toHaveLength(5);
  expect(said(world, 'request-work')).toHaveLength(before);
  expect(linkOf(world).wish).toBe(0);
  world.record(10);
  world.advance(1_000);
  expect(said(world, 'request-work').at(-1)?.replicas).toBe(10);
});

test('[WK28] nothing is given back before both sides agree: the next reconcile leaves it out', () => {
  const world = new AgentWorld();
  world.welcome(100);
  for (let round = 0; round < 2; round++) world.assign(1_000);
  expect(world.sent.map(({ type }) => type)).toEqual(['reconcile']);
  expect(world.noted.size).toBe(DEFAULT_SETTINGS.maxHeld);
});

test('[WK8] in order of arrival, a unit per thread until their length is known', () => {
  const world = busy(5);
  expect([...world.executing]).toEqual([leaseId(0), leaseId(1)]);
  world.end(1, { ...OK, elapsedMs: 20 });
  expect([...world.executing]).toEqual([leaseId(0), leaseId(2), leaseId(3), leaseId(4)]);
});

test('[WK12] each way for a unit to break becomes its own error result', () => {
  const world = busy(2);
  world.assign(1);
  world.prepare(0, 'unusable');
  world.end(0, { status: 'error', kind: 'thrown', message: 'x'.repeat(5_000), elapsedMs: Number.NaN });
  world.keep();
  const results = [...world.state.results.values()].map(({ result }) => result);
  expect(results).toMatchObject([
    { status: 'error', kind: 'untrusted', message: 'no', elapsedMs: 0 },
    { status: 'error', kind: 'thrown', elapsedMs: 0 },
  ]);
  expect(results[1]).toHaveProperty('message.length', LIMITS.messageLength);
  expect(world.state.tally.errors).toBe(2);
  expect(world.executing.size).toBe(1);
});

test('[WK12] a unit that the disk spoils three times becomes an error', () => {
  const world = busy(1);
  for (let attempt = 1; attempt < 3; attempt++) {
    world.spoil(0);
    expect(world.preparing.size).toBe(1);
    world.prepare(0, 'prepared');
  }
  world.spoil(0);
  expect([...world.state.results.values()][0]?.result).toMatchObject({ status: 'error', kind: 'crash', message: 'the disk ate it' });
});

test('a unit that was spoilt after it was revoked is gone', () => {
  const world = busy(1);
  world.revoke(leaseId(0));
  world.feed({ kind: 'progressed', lease: leaseId(0), fraction: 0.5 });
  world.spoil(0);
  expect(world.state.leases.size).toBe(0);
});

test('a unit whose runner was closed under it runs again', () => {
  const world = busy(1);
  world.end(0, { status: 'aborted' });
  expect([...world.executing]).toEqual([leaseId(0)]);
});

test('news of a lease that has moved on changes nothing', () => {
  const world = busy(3);
  const before = world.state;
  const lease = leaseId(2);
  const news: Parameters<AgentWorld['feed']>[0][] = [
    { kind: 'prepared', lease: leaseId(0) },
    { kind: 'ended', lease, ending: OK },
    { kind: 'progressed', lease: leaseId(99), fraction: 1 },
    { kind: 'unusable', lease: leaseId(0), error: 'input', message: 'x' },
    { kind: 'uploaded', lease: leaseId(0) },
    { kind: 'prepared', lease: leaseId(1) },
    { kind: 'kept', leases: [leaseId(0)] },
  ];
  for (const event of news) world.feed(event);
  expect(world.state.leases).toEqual(before.leases);
  world.assign(1);
  world.feed({ kind: 'checkpointed', lease: leaseId(3) });
  expect(world.state.leases.get(leaseId(3))).toMatchObject({ phase: { kind: 'preparing' }, hasCheckpoint: false });
});

test('[WK11] a result waits for the journal, and leaves only when the coordinator has said what became of it', () => {
  const world = busy(2);
  world.end(0, OK);
  expect(said(world, 'submit')).toHaveLength(0);
  world.keep();
  expect(said(world, 'submit')).toHaveLength(1);
  world.say({ type: 'recorded', results: [{ lease: leaseId(1), outcome: 'unknown' }] });
  expect(world.state.results.has(leaseId(0))).toBe(true);
  world.recorded.add(leaseId(0));
  world.say({ type: 'recorded', results: [{ lease: leaseId(0), outcome: 'late' }] });
  expect(world.forgotten.has(leaseId(0))).toBe(true);
  expect(world.state.tally).toMatchObject({ late: 1, recorded: 0, refused: 0 });
});

test('every outcome is counted under its name', () => {
  const world = busy(3);
  for (let i = 0; i < 3; i++) world.end(0, OK);
  world.keep();
  const outcomes = ['recorded', 'unknown', 'refused'] as const;
  for (let n = 0; n < 3; n++) world.recorded.add(leaseId(n));
  world.say({ type: 'recorded', results: outcomes.map((outcome, n) => ({ lease: leaseId(n), outcome })) });
  expect(world.state.tally).toMatchObject({ recorded: 1, refused: 2 });
});

test('[WK13] one submit in flight; a part of an answer keeps the rest waiting; a lost connection submits again', () => {
  const world = busy(3);
  world.end(0, OK);
  world.end(0, OK);
  world.keep();
  world.end(0, OK);
  world.keep();
  expect(said(world, 'submit').map(({ results }) => results.length)).toEqual([2]);
  world.record(1);
  expect(linkOf(world).answerBy).not.toBeNull();
  world.lose();
  world.advance(5_000);
  world.welcome(100);
  world.answerReconcile(0);
  expect(
    said(world, 'submit')
      .at(-1)
      ?.results.map(({ index }) => index),
  ).toEqual([1, 2]);
});

test('[WK13] while there is enough to do, submits keep a distance; a thread that runs dry does not wait for it', () => {
  const world = busy(8);
  const finishOne = () => {
    world.end(0, { ...OK, elapsedMs: 60_000 });
    world.keep();
  };
  finishOne();
  world.record(1);
  finishOne();
  expect(said(world, 'submit')).toHaveLength(1);
  world.advance(DEFAULT_SETTINGS.paceMs);
  expect(said(world, 'submit')).toHaveLength(2);
  world.record(1);
  while (world.state.leases.size > 3) {
    finishOne();
    world.advance(DEFAULT_SETTINGS.paceMs);
    world.record(1);
  }
  const before = said(world, 'submit').length;
  finishOne();
  world.record(1);
  finishOne();
  expect(said(world, 'submit')).toHaveLength(before + 2);
});

test('[WK14] a large output is uploaded between the journal and the submit', () => {
  const world = busy(1);
  world.end(0, { ...OK, output: { blob: taskId() as never, bytes: 100_000 } });
  world.keep();
  expect([world.uploading.size, said(world, 'submit').length]).toEqual([1, 0]);
  world.upload();
  expect(said(world, 'submit')).toHaveLength(1);
  world.feed({ kind: 'uploaded', lease: leaseId(0) });
  expect(world.state.results.get(leaseId(0))?.stage).toBe('submitted');
});

test('[WK15] an answered wish shrinks and is said again when it is worth it', () => {
  const world = online();
  expect(said(world, 'request-work').map(({ replicas }) => replicas)).toEqual([4]);
  world.assign(3);
  expect(linkOf(world).wish).toBe(1);
  world.assign(5);
  expect(linkOf(world).wish).toBe(0);
  world.advance(1_000);
  expect(said(world, 'request-work')).toHaveLength(1);
});

test('[WK16] after no-work the wish is repeated at the time it was told, not before', () => {
  const world = online();
  world.say({ type: 'no-work', retryAfterMs: 30_000, reason: 'no-jobs' });
  world.advance(29_999);
  expect(said(world, 'request-work')).toHaveLength(1);
  world.advance(1);
  expect(said(world, 'request-work')).toHaveLength(2);
});

test('[WK16] a lost connection does not shorten the wait', () => {
  const world = online();
  world.say({ type: 'no-work', retryAfterMs: 30_000, reason: 'overloaded' });
  world.lose();
  world.advance(2_000);
  world.welcome(100);
  world.answerReconcile(0);
  world.advance(27_999);
  expect(said(world, 'request-work')).toHaveLength(1);
  world.advance(1);
  expect(said(world, 'request-work')).toHaveLength(2);
});

test('[WK16] less may be wished for at once, and an assignment ends the wait', () => {
  const world = online();
  world.say({ type: 'no-work', retryAfterMs: 30_000, reason: 'quota' });
  world.feed({ kind: 'pause', untilAt: null });
  world.advance(1_000);
  expect(said(world, 'request-work').at(-1)?.replicas).toBe(0);
  world.feed({ kind: 'resume' });
  world.assign(1);
  world.advance(1_000);
  expect(said(world, 'request-work').at(-1)?.replicas).toBeGreaterThan(0);
});

test('[WK19] reconnects no sooner than a drain said; failures lengthen the wait, a stable connection forgets them', () => {
  const world = online();
  world.say({ type: 'drain', retryAfterMs: 9_000 });
  world.advance(1_000);
  expect(said(world, 'request-work')).toHaveLength(1);
  world.lose();
  expect(world.state.link).toMatchObject({ kind: 'offline', attempt: 1 });
  world.advance(8_999);
  expect(world.link).toBe('closed');
  world.advance(3_000);
  expect(world.link).toBe('connecting');
  world.lose();
  world.lose();
  expect(world.state.link).toMatchObject({ kind: 'offline', attempt: 2 });
  world.advance(10_000);
  world.welcome(8);
  world.answerReconcile(0);
  world.advance(DEFAULT_SETTINGS.stableMs);
  world.lose(false, null, 0);
  expect(world.state.link).toMatchObject({ kind: 'offline', attempt: 1, retryAt: world.now + 500 });
});

test('a word from a connection that is gone, or a second loss or welcome, changes nothing', () => {
  const world = online();
  world.welcome(5);
  world.feed({ kind: 'welcomed', heartbeatMs: 1, quota: 1 });
  expect(linkOf(world).quota).toBe(100);
  world.lose();
  const before = world.state;
  world.feed({ kind: 'said', message: assignFrame([1]) });
  world.feed({ kind: 'lost', fatal: false, reason: 'again', toldMs: null, draw: 0 });
  expect(world.state).toEqual(before);
});

test('[WK20] a fatal close ends the worker with its words and keeps what it holds', () => {
  const world = busy(2);
  world.end(0, OK);
  world.lose(true);
  expect(world.ended).toEqual({ kind: 'exit', failure: 'refused', reason: 'gone' });
  expect(world.forgotten.size).toBe(0);
  expect(nextWakeAt(world.state)).toBeNull();
});

test('[WK35] a disk that fails ends the worker', () => {
  const world = busy(1);
  world.feed({ kind: 'journal-failed', reason: 'ENOSPC' });
  expect(world.ended).toEqual({ kind: 'exit', failure: 'disk', reason: 'ENOSPC' });
});

test('[WK21] a stop gives back at once what waits, and what runs after its grace', () => {
  const world = busy(4);
  world.assign(1);
  world.feed({ kind: 'stop' });
  expect(
    said(world, 'release')[0]
      ?.leases.map(({ index }) => index)
      .sort(),
  ).toEqual([2, 3, 4]);
  expect(said(world, 'request-work').at(-1)?.replicas).toBe(4);
  world.feed({ kind: 'stop' });
  world.end(0, OK);
  world.keep();
  world.record(1);
  world.advance(DEFAULT_SETTINGS.graceMs - 1);
  expect(said(world, 'release')).toHaveLength(1);
  world.advance(1);
  expect(said(world, 'release')[1]?.leases.map(({ index }) => index)).toEqual([1]);
  expect(world.ended).toBeNull();
  world.end(0, OK);
  expect(world.ended).toMatchObject({ failure: null, reason: 'it was stopped' });
});

test('[WK21] a stop waits for nothing that is paused', () => {
  const world = busy(2);
  world.feed({ kind: 'pause', untilAt: null });
  world.feed({ kind: 'stop' });
  expect(said(world, 'release').flatMap(({ leases }) => leases)).toHaveLength(2);
  expect(world.aborted.size).toBe(2);
});

test('[WK21] what has a checkpoint stays in the journal for the next start', () => {
  const world = busy(2);
  world.feed({ kind: 'checkpointed', lease: leaseId(0) });
  world.feed({ kind: 'stop' });
  world.advance(DEFAULT_SETTINGS.graceMs);
  expect(said(world, 'release').flatMap(({ leases }) => leases.map(({ index }) => index))).toEqual([1]);
  expect([...world.forgotten]).toEqual([leaseId(1)]);
});

test('[WK21] without a connection everything stays in the journal, and nothing is waited for', () => {
  const world = busy(3);
  world.lose();
  world.feed({ kind: 'stop' });
  world.advance(1_000);
  world.end(0, OK);
  world.end(0, OK);
  expect(world.ended).toBeNull();
  world.keep();
  expect(world.ended).toMatchObject({ failure: null });
  expect([world.forgotten.size, world.state.results.size]).toEqual([0, 2]);
});

test('[WK21] a result that nobody answers for is waited for until the grace is over, a sandbox that hangs a little longer', () => {
  const delivering = busy(1);
  delivering.end(0, OK);
  delivering.keep();
  delivering.feed({ kind: 'stop' });
  delivering.advance(DEFAULT_SETTINGS.graceMs - 1);
  expect(delivering.ended).toBeNull();
  delivering.advance(1);
  expect(delivering.ended).not.toBeNull();
  const hanging = busy(1);
  hanging.feed({ kind: 'stop' });
  hanging.advance(DEFAULT_SETTINGS.graceMs + 1_999);
  expect(hanging.ended).toBeNull();
  hanging.advance(1);
  expect(hanging.ended).not.toBeNull();
});

test('[WK22] a finish takes nothing new, completes and delivers what is held, and is outranked by a stop', () => {
  const world = busy(3);
  world.feed({ kind: 'finish' });
  world.feed({ kind: 'finish' });
  world.advance(1_000);
  expect(said(world, 'request-work').at(-1)?.replicas).toBe(0);
  for (let i = 0; i < 3; i++) world.end(0, OK);
  world.keep();
  expect(world.ended).toBeNull();
  world.record(3);
  expect(world.ended).toMatchObject({ failure: null, reason: 'all it held is done' });
  const outranked = busy(1);
  outranked.feed({ kind: 'finish' });
  outranked.feed({ kind: 'stop' });
  outranked.feed({ kind: 'finish' });
  expect(outranked.state.intent.kind).toBe('stopping');
});

test('[WK23] every heartbeat renews what is held, finished or not', () => {
  const world = busy(2);
  world.end(0, OK);
  world.advance(20_000);
  world.advance(20_000);
  expect(said(world, 'renew').map(({ leases }) => leases.map(({ index }) => index))).toEqual([
    [1, 0],
    [1, 0],
  ]);
});

test('[WK24] a pause stops the runners, asks for nothing and renews only what is finished; it ends by itself or on a word', () => {
  const world = busy(2);
  world.end(0, OK);
  const actions = record(world, { kind: 'pause', untilAt: world.now + 60_000 });
  expect(actions).toContain('pause-runners');
  expect(record(world, { kind: 'pause', untilAt: world.now + 60_000 })).not.toContain('pause-runners');
  world.assign(1);
  world.prepare(0, 'prepared');
  world.advance(20_000);
  expect(
    said(world, 'renew')
      .at(-1)
      ?.leases.map(({ index }) => index),
  ).toEqual([0]);
  expect(world.executing.size).toBe(1);
  world.advance(40_000);
  expect(world.state.pause).toBeNull();
  expect(world.executing.size).toBe(2);
  expect(record(world, { kind: 'resume' })).not.toContain('resume-runners');
});

test('[WK27] a pause outlives a restart, until its time or a word; one whose time is over ends at the start', () => {
  const restart = (untilAt: number | null, at: number) =>
    step(createAgent({ ...DEFAULT_SETTINGS, threads: 2 }), { kind: 'started', at, leases: [], results: [], pause: { untilAt } });
  const kinds = ({ actions }: ReturnType<typeof restart>) => actions.map(({ kind }) => kind);
  for (const untilAt of [1_000, null]) {
    expect(restart(untilAt, 999).state.pause).toEqual({ untilAt });
    expect(kinds(restart(untilAt, 999))).toEqual(['pause-runners', 'connect']);
  }
  expect(nextWakeAt(restart(1_000, 999).state)).toBe(1_000);
  expect(restart(1_000, 1_000).state.pause).toBeNull();
  expect(kinds(restart(1_000, 1_000))).toEqual(['pause-runners', 'note-pause', 'resume-runners', 'connect']);
});

/** What the agent would do about one more event. */
const record = (world: AgentWorld, event: Parameters<AgentWorld['feed']>[0]): string[] => world.feed(event).map(({ kind }) => kind);

test('[WK25] a question left open for a minute resets the connection, once', () => {
  const world = busy(1);
  world.end(0, OK);
  world.keep();
  world.advance(DEFAULT_SETTINGS.answerMs - 1);
  expect(record(world, { kind: 'tick' })).not.toContain('disconnect');
  world.now += 1;
  expect(record(world, { kind: 'tick' })).toContain('disconnect');
  expect(record(world, { kind: 'tick' })).not.toContain('disconnect');
});

test('[WK26] without a connection what is held is computed and kept, and delivered when it is back', () => {
  const world = busy(3);
  world.lose();
  for (let i = 0; i < 3; i++) world.end(0, OK);
  world.keep();
  world.advance(3 * 24 * 3_600_000);
  expect(world.state.results.size).toBe(3);
  world.welcome(100);
  world.answerReconcile(0);
  expect(said(world, 'submit').at(-1)?.results).toHaveLength(3);
});

test('progress is told now and then, and only news', () => {
  const world = busy(2);
  world.feed({ kind: 'progressed', lease: leaseId(0), fraction: 0.5 });
  world.feed({ kind: 'progressed', lease: leaseId(1), fraction: Number.NaN });
  world.advance(10_000);
  expect(said(world, 'progress').map(({ leases }) => leases.map(({ index, fraction }) => [index, fraction]))).toEqual([[[0, 0.5]]]);
  world.feed({ kind: 'progressed', lease: leaseId(0), fraction: 7 });
  world.feed({ kind: 'progressed', lease: leaseId(0), fraction: 9 });
  world.advance(10_000);
  expect(said(world, 'progress').at(-1)?.leases).toMatchObject([{ fraction: 1 }]);
});

test('[WK34] what the journal kept is prepared, uploaded and offered again', () => {
  const blob = { blob: taskId() as never, bytes: 100_000 };
  const { state, actions } = step(createAgent({ ...DEFAULT_SETTINGS, threads: 2 }), {
    kind: 'started',
    at: 5,
    leases: [{ ...assignment(1), hasCheckpoint: true }],
    results: [
      { result: okResult(2), task: taskId() },
      { result: okResult(3, blob), task: taskId() },
    ],
    pause: null,
  });
  expect(actions.map(({ kind }) => kind)).toEqual(['prepare', 'upload', 'connect']);
  expect([...state.results.values()].map(({ stage }) => stage)).toEqual(['ready', 'uploading']);
  expect(state.leases.get(leaseId(1))).toMatchObject({ hasCheckpoint: true, phase: { kind: 'preparing' } });
});
