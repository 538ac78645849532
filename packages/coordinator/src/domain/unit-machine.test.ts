import { brokenCheck, cancellation, expiry, failure, hostId, issue, jobId, judgement, release, renewal, result } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { NO_TRUST, type Transition, type TransitionContext } from './transition.ts';
import type { UnitCommand } from './unit-command.ts';
import { transition } from './unit-machine.ts';
import { createUnit, type WorkUnit } from './work-unit.ts';

const context = (over: Partial<TransitionContext> = {}): TransitionContext => ({
  now: 1_000,
  verify: { kind: 'quorum', k: 1, agree: { kind: 'exact' } },
  timeoutMs: 60_000,
  maxReplicas: 10,
  maxErrors: 3,
  typicalCredit: null,
  trust: NO_TRUST,
  ...over,
});
const quorum = (k: number, over: Partial<TransitionContext> = {}) =>
  context({ verify: { kind: 'quorum', k, agree: { kind: 'exact' } }, ...over });
const proof = (over: Partial<TransitionContext> = {}) => context({ verify: { kind: 'proof' }, ...over });
const fresh = (replicas = 1) => createUnit({ job: jobId(1), index: 0 }, replicas);

/** The unit after these commands, and the last transition. */
function play(unit: WorkUnit, ctx: TransitionContext, ...commands: UnitCommand[]): Transition {
  let last = transition(unit, commands[0] as UnitCommand, ctx);
  for (const command of commands.slice(1)) last = transition(last.unit, command, ctx);
  return last;
}
const kinds = (unit: WorkUnit) => unit.replicas.map(({ kind }) => kind);
const finished = () => play(fresh(), quorum(1), issue(1), result(1, 'a')).unit;

test('[WU1] a command that has nothing to act on leaves the very same unit', () => {
  const open = play(fresh(), quorum(1), issue(1)).unit;
  for (const unit of [fresh(), open, finished()])
    for (const command of [release(9), judgement(0, 'valid'), brokenCheck(0, 'x'), renewal(9, 5), failure(9), result(9, 'a')]) {
      const answer = transition(unit, command, quorum(1));
      expect(answer.unit).toBe(unit);
      expect(answer).toMatchObject({ effects: [], results: [], postings: [], ending: null, countsDelta: {} });
    }
  expect(transition(open, expiry(), quorum(1)).outcome).toEqual({ kind: 'ignored' });
  expect(transition(finished(), cancellation(), quorum(1)).outcome).toEqual({ kind: 'ignored' });
});

test('[WU2] a lease takes the first ready replica', () => {
  const { unit, outcome } = play(fresh(2), quorum(2), issue(1));
  expect(outcome).toEqual({ kind: 'issued' });
  expect(unit.replicas).toMatchObject([
    { kind: 'leased', no: 0, host: hostId(1), leasedAt: 1_000, deadlineAt: 1_000_000 },
    { kind: 'ready', no: 1 },
  ]);
});

test('[WU2] an ended unit, or one without a ready replica, gives none', () => {
  expect(play(fresh(), quorum(1), issue(1), issue(2)).outcome).toEqual({ kind: 'refused', reason: 'no replica is ready' });
  expect(transition(finished(), issue(2), quorum(1)).outcome).toEqual({ kind: 'refused', reason: 'the unit has ended' });
});

test('[WU3] neither the account nor the host of an earlier replica gets another one', () => {
  const once = play(fresh(2), quorum(2), issue(1), result(1, 'a')).unit;
  const refused = { kind: 'refused', reason: 'this host or its account had it before' };
  expect(transition(once, issue(2, 2, { account: 1 }), quorum(2)).outcome).toEqual(refused);
  expect(transition(once, issue(1, 2, { account: 2 }), quorum(2)).outcome).toEqual(refused);
  expect(transition(once, issue(2), quorum(2)).outcome).toEqual({ kind: 'issued' });
});

test('[WU3] where one answer decides, a host gets again what it released or let expire, not what it failed', () => {
  const late = { ...quorum(1), now: 2_000_000 };
  expect(play(fresh(), quorum(1), issue(1), release(1), issue(1, 2)).outcome).toEqual({ kind: 'issued' });
  expect(play(fresh(), late, issue(1), expiry(), issue(1, 2)).outcome).toEqual({ kind: 'issued' });
  expect(play(fresh(), proof(), issue(1), release(1), issue(1, 2)).outcome).toEqual({ kind: 'issued' });
  expect(play(fresh(), quorum(1), issue(1), failure(1), issue(1, 2)).outcome.kind).toBe('refused');
  expect(play(fresh(2), quorum(2), issue(1), release(1), issue(1, 2)).outcome.kind).toBe('refused');
});

test('[WU4] renewing moves a deadline forward only', () => {
  const leased = play(fresh(), quorum(1), issue(1)).unit;
  expect(transition(leased, renewal(1, 2_000_000), quorum(1)).unit.replicas).toMatchObject([{ deadlineAt: 2_000_000 }]);
  const back = transition(leased, renewal(1, 5), quorum(1));
  expect(back.outcome).toEqual({ kind: 'renewed', deadlineAt: 1_000_000 });
  expect(back.unit).toBe(leased);
});

test('[WU4] a lease that has ended, or whose unit has, is not renewed', () => {
  const two = play(fresh(2), quorum(2), issue(1), issue(2)).unit;
  const final = play(two, { ...quorum(2), verify: quorum(1).verify }, result(1, 'a')).unit;
  expect(kinds(final)).toEqual(['judged', 'leased']);
  for (const [unit, host] of [
    [final, 2],
    [final, 1],
    [fresh(), 1],
  ] as const)
    expect(transition(unit, renewal(host, 2_000_000), quorum(1)).outcome).toEqual({ kind: 'ended' });
});

test('[WU6] a released lease is lost and another replica is ready', () => {
  const { unit, countsDelta } = play(fresh(), quorum(1), issue(1), release(1));
  expect(unit.replicas).toMatchObject([
    { kind: 'lost', cause: 'released' },
    { kind: 'ready', no: 1 },
  ]);
  expect(countsDelta).toEqual({ released: 1, running: -1, idle: 1 });
});

test('[WU6] a lease released after its unit ended is simply lost', () => {
  const final = play(fresh(2), quorum(1), issue(1), issue(2), result(1, 'a')).unit;
  const { unit, outcome } = transition(final, release(2), quorum(1));
  expect(outcome).toEqual({ kind: 'done' });
  expect(kinds(unit)).toEqual(['judged', 'lost']);
});

test('[WU7] expiry ends exactly the leases whose deadline has passed', () => {
  const leased = play(fresh(2), quorum(2), issue(1, 1, { deadlineAt: 5_000 }), issue(2, 2, { deadlineAt: 9_000 })).unit;
  expect(transition(leased, expiry(), quorum(2, { now: 4_999 })).unit).toBe(leased);
  const { unit, effects, countsDelta } = transition(leased, expiry(), quorum(2, { now: 5_000 }));
  expect(unit.replicas).toMatchObject([{ kind: 'lost', cause: 'expired' }, { kind: 'leased' }, { kind: 'ready', no: 2 }]);
  expect(effects).toMatchObject([{ kind: 'revoke', host: hostId(1), reason: 'expired' }]);
  expect(countsDelta).toEqual({ expired: 1 });
});

test('[WU7] in an ended unit a lease that runs out was revoked: nobody failed to deliver', () => {
  const final = play(fresh(2), quorum(1), issue(1), issue(2), result(1, 'a')).unit;
  const { unit, effects, countsDelta } = transition(final, expiry(), quorum(1, { now: 2_000_000 }));
  expect(unit.replicas[1]).toMatchObject({ kind: 'lost', cause: 'revoked' });
  expect(effects).toEqual([]);
  expect(countsDelta).toEqual({ revoked: 1 });
});

test('[WU8] a unit is final when k accounts agree, with the first of them as canonical', () => {
  const open = play(fresh(2), quorum(2), issue(1), issue(2), result(1, 'wrong'), result(2, 'right')).unit;
  expect(open.state.kind).toBe('open');
  const { unit, ending, results } = play(open, quorum(2), issue(3), result(3, 'right'));
  expect(unit.state).toEqual({ kind: 'final', digest: result(3, 'right').digest, at: 1_000 });
  expect(ending).toEqual({ job: jobId(1), index: 0, state: 'final', no: 1, at: 1_000 });
  expect(results).toMatchObject([{ no: 2, late: false, body: { kind: 'ok', output: 'right' } }]);
});

test('[WU10] with the verdict the agreeing results are posted, the others judged invalid', () => {
  const { unit, postings } = play(fresh(3), quorum(2), issue(1), issue(2), issue(3), result(1, 'wrong'), result(2, 'a'), result(3, 'a'));
  expect(unit.replicas).toMatchObject([{ valid: false }, { valid: true }, { valid: true }]);
  expect(postings.map(({ no, kind }) => [no, kind])).toEqual([
    [1, 'valid-result'],
    [2, 'valid-result'],
  ]);
});

test('[WU11] a repeated result is answered the same and has no second effect', () => {
  const open = play(fresh(2), quorum(2), issue(1), result(1, 'a')).unit;
  for (const unit of [open, finished()]) {
    const again = transition(unit, result(1, 'a'), quorum(2));
    expect(again.outcome).toEqual({ kind: 'recorded' });
    expect(again.unit).toBe(unit);
    expect(again.results).toEqual([]);
  }
  const errored = play(fresh(), quorum(1), issue(1), failure(1)).unit;
  expect(transition(errored, failure(1), quorum(1))).toMatchObject({ unit: errored, outcome: { kind: 'recorded' }, results: [] });
});

test('[WU11] a different answer for a lease that was answered is refused', () => {
  expect(transition(finished(), result(1, 'b'), quorum(1)).outcome.kind).toBe('refused');
  expect(transition(finished(), failure(1), quorum(1)).outcome.kind).toBe('refused');
});

test('[WU12] a result for a lost lease is evidence, once, and never counted', () => {
  const lost = play(fresh(), quorum(1), issue(1), release(1)).unit;
  const first = transition(lost, result(1, 'a'), quorum(1));
  expect(first).toMatchObject({ outcome: { kind: 'late' }, unit: { state: { kind: 'open' } }, countsDelta: { results: 1 } });
  expect(first.results).toMatchObject([{ no: 0, late: true }]);
  for (const output of ['a', 'b']) {
    const second = transition(first.unit, result(1, output), quorum(1));
    expect(second.outcome).toEqual({ kind: 'late' });
    expect(second.unit).toBe(first.unit);
    expect(second.results).toEqual([]);
  }
  expect(transition(lost, failure(1), quorum(1))).toMatchObject({ unit: lost, outcome: { kind: 'late' } });
});

test('[WU12] after an error that came too late, no second late word of that replica is kept', () => {
  const final = play(fresh(2), quorum(1), issue(1), issue(2), result(1, 'a')).unit;
  const failed = transition(final, failure(2), quorum(1));
  expect(failed.results).toMatchObject([{ no: 1, late: true, body: { kind: 'error' } }]);
  const after = transition(failed.unit, result(2, 'a'), quorum(1));
  expect(after).toMatchObject({ outcome: { kind: 'late' }, results: [], countsDelta: {} });
  expect(after.unit).toBe(failed.unit);
});

test('[WU13] a result under a lease that this host was never given is unknown', () => {
  const leased = play(fresh(), quorum(1), issue(1)).unit;
  for (const command of [result(1, 'a', 77), result(2, 'a', 1), failure(2, 'thrown', 'x', 1)])
    expect(transition(leased, command, quorum(1))).toMatchObject({ unit: leased, outcome: { kind: 'unknown' } });
});

test('[WU14] after the verdict a result in time is judged by it', () => {
  const final = play(fresh(3), quorum(1), issue(1), issue(2), issue(3), result(1, 'a')).unit;
  const matching = transition(final, result(2, 'a'), quorum(1, { now: 1_000_000 }));
  expect(matching).toMatchObject({ outcome: { kind: 'recorded' }, ending: null, countsDelta: { results: 1, returned: 1 } });
  expect(matching.unit.replicas[1]).toMatchObject({ kind: 'judged', valid: true });
  expect(matching.postings).toMatchObject([{ no: 1, kind: 'valid-result' }]);
  expect(matching.results).toMatchObject([{ late: true }]);
  const differing = transition(final, result(2, 'b'), quorum(1));
  expect(differing.unit).toMatchObject({ state: final.state, replicas: [{}, { kind: 'judged', valid: false }, {}] });
  expect(differing.postings).toEqual([]);
});

test('[WU14] after its own deadline a result of a final unit is late', () => {
  const final = play(fresh(2), quorum(1), issue(1), issue(2), result(1, 'a')).unit;
  const late = transition(final, result(2, 'a'), quorum(1, { now: 1_000_001 }));
  expect(late).toMatchObject({ outcome: { kind: 'late' }, postings: [], countsDelta: { results: 1, revoked: 1 } });
  expect(late.unit.replicas[1]).toMatchObject({ kind: 'lost', cause: 'revoked', lateDigest: result(2, 'a').digest });
  const error = transition(final, failure(2), quorum(1));
  expect(error).toMatchObject({ outcome: { kind: 'recorded' }, results: [{ late: true }], countsDelta: { errored: 1 } });
  expect(error.unit.state).toBe(final.state);
});

test('[WU15] a disagreement asks for just enough more', () => {
  const { unit } = play(fresh(3), quorum(3), issue(1), issue(2), issue(3), result(1, 'a'), result(2, 'b'), result(3, 'c'));
  expect(kinds(unit)).toEqual(['returned', 'returned', 'returned', 'ready', 'ready']);
  expect(unit.replicas.map(({ no }) => no)).toEqual([0, 1, 2, 3, 4]);
});

test('[WU15] when the bound cannot decide it any more, a unit fails and its holders are told', () => {
  const three = quorum(2, { maxReplicas: 3 });
  const failed = play(fresh(3), three, issue(1), issue(2), issue(3), result(1, 'a'), release(2));
  expect(failed.unit.state.kind).toBe('open');
  const { unit, ending } = play(failed.unit, three, release(3));
  expect(unit.state).toMatchObject({ kind: 'failed', reason: 'no-consensus' });
  expect(ending).toMatchObject({ state: 'failed', no: null });
  const none = play(fresh(), proof({ maxReplicas: 1 }), issue(1), result(1, 'a'), judgement(0, 'invalid'));
  expect(none.unit.state).toMatchObject({ kind: 'failed', reason: 'no-consensus', message: expect.stringContaining('passed the check') });
});

test('[WU16] the third error fails a unit with the last message', () => {
  const two = play(fresh(), quorum(1), issue(1), failure(1), issue(2), failure(2)).unit;
  expect(two.state.kind).toBe('open');
  const { unit } = play(two, quorum(1), issue(3), failure(3, 'timeout', 'took too long'));
  expect(unit.state).toEqual({ kind: 'failed', reason: 'too-many-errors', message: 'took too long', at: 1_000 });
  expect(play(two, quorum(1), issue(3), failure(3, 'memory', '')).unit.state).toMatchObject({ message: 'memory' });
});

test('[WU17] two accounts that call it fatal fail a unit at once, one alone does not', () => {
  const one = play(fresh(), quorum(1), issue(1), failure(1, 'fatal')).unit;
  expect(kinds(one)).toEqual(['lost', 'ready']);
  const { unit } = play(one, quorum(1), issue(2), failure(2, 'fatal', 'no such star'));
  expect(unit.state).toMatchObject({ kind: 'failed', reason: 'fatal', message: 'no such star' });
});

test('[WU17] where a verdict takes three, it takes three to call it fatal', () => {
  const many = quorum(3, { maxErrors: 9 });
  const two = play(fresh(3), many, issue(1), issue(2), issue(3), failure(1, 'fatal'), failure(2, 'fatal')).unit;
  expect(two.state.kind).toBe('open');
  expect(play(two, many, failure(3, 'fatal')).unit.state).toMatchObject({ kind: 'failed', reason: 'fatal' });
});

test('[WU18] under proof a result waits for its check, and valid makes the unit final', () => {
  const waiting = play(fresh(), proof(), issue(1), result(1, 'a'));
  expect(waiting.unit.state).toEqual({ kind: 'verifying' });
  expect(waiting.effects).toEqual([{ kind: 'judge', job: jobId(1), index: 0, no: 0, digest: result(1, 'a').digest }]);
  expect(waiting.postings).toEqual([]);
  const { unit, postings, ending } = transition(waiting.unit, judgement(0, 'valid'), proof());
  expect(unit.state).toMatchObject({ kind: 'final', digest: result(1, 'a').digest });
  expect(postings).toHaveLength(1);
  expect(ending).toMatchObject({ state: 'final', no: 0 });
});

test('[WU18] an answer found wrong is invalid and another host is asked', () => {
  const { unit, postings } = play(fresh(), proof(), issue(1), result(1, 'a'), judgement(0, 'invalid'));
  expect(unit).toMatchObject({
    state: { kind: 'open' },
    replicas: [
      { kind: 'judged', valid: false },
      { kind: 'ready', no: 1 },
    ],
  });
  expect(postings).toEqual([]);
});

test('[WU18] results that wait are checked one after the other, each once', () => {
  const both = play(fresh(2), proof(), issue(1), issue(2), result(1, 'a'));
  const second = transition(both.unit, result(2, 'b'), proof());
  expect(second.effects).toEqual([]);
  const next = transition(second.unit, judgement(0, 'invalid'), proof());
  expect(next.unit.state.kind).toBe('verifying');
  expect(next.effects).toEqual([{ kind: 'judge', job: jobId(1), index: 0, no: 1, digest: result(2, 'b').digest }]);
  expect(transition(next.unit, judgement(0, 'valid'), proof()).outcome).toEqual({ kind: 'ignored' });
});

test('[WU19] a check that cannot be made fails the unit and judges nobody', () => {
  const { unit } = play(fresh(), proof(), issue(1), result(1, 'a'), brokenCheck(0, 'check threw'));
  expect(unit).toMatchObject({ state: { kind: 'failed', reason: 'thrown', message: 'check threw' }, replicas: [{ kind: 'returned' }] });
});

test('[WU20] when a unit ends its ready replicas are gone and every holder is told', () => {
  const { unit, effects } = play(fresh(3), quorum(1), issue(1), issue(2), result(1, 'a'));
  expect(kinds(unit)).toEqual(['judged', 'leased']);
  expect(effects).toMatchObject([{ kind: 'revoke', host: hostId(2), reason: 'final' }]);
  const failed = play(fresh(3), quorum(1, { maxErrors: 1 }), issue(1), issue(2), failure(1));
  expect(kinds(failed.unit)).toEqual(['lost', 'lost']);
  expect(failed.effects).toMatchObject([{ kind: 'revoke', host: hostId(2), reason: 'failed' }]);
});

test('[WU21] cancelling loses the leases; what still comes back is late', () => {
  const { unit, effects, ending, countsDelta } = play(fresh(3), quorum(3), issue(1), issue(2), result(1, 'a'), cancellation());
  expect(unit).toMatchObject({ state: { kind: 'cancelled' }, replicas: [{ kind: 'returned' }, { kind: 'lost', cause: 'revoked' }] });
  expect(effects).toMatchObject([{ kind: 'revoke', host: hostId(2), reason: 'cancelled' }]);
  expect(ending).toMatchObject({ state: 'cancelled', no: null });
  expect(countsDelta).toEqual({ revoked: 1, running: -1, cancelled: 1 });
  expect(transition(unit, result(2, 'a'), quorum(3))).toMatchObject({ outcome: { kind: 'late' }, unit: { state: { kind: 'cancelled' } } });
  expect(play(fresh(), quorum(1), issue(1), result(1, 'a', 1), cancellation()).unit.state.kind).toBe('final');
});

test('[WU22] a lease left in a unit that failed cannot bring it back', () => {
  const failed: WorkUnit = { ...play(fresh(), quorum(1), issue(1)).unit, state: { kind: 'failed', reason: 'fatal', message: 'x', at: 1 } };
  expect(transition(failed, result(1, 'a'), quorum(1))).toMatchObject({ outcome: { kind: 'late' }, unit: { state: failed.state } });
});

test('[WU24] the counts follow every phase', () => {
  expect(play(fresh(2), quorum(2), issue(1)).countsDelta).toEqual({ issued: 1, running: 1 });
  expect(play(fresh(2), quorum(2), issue(1), result(1, 'a')).countsDelta).toEqual({ results: 1, returned: 1, running: -1, verifying: 1 });
  expect(play(fresh(2), quorum(2), issue(1), issue(2)).countsDelta).toEqual({ issued: 1 });
  expect(play(fresh(), quorum(1), issue(1), result(1, 'a')).countsDelta).toEqual({ results: 1, returned: 1, running: -1, final: 1 });
});

test('[WU18] a failed check is held against its host until another account fails it on the unit too: then it is the fault of the unit or of the check', () => {
  const proof = context({ verify: { kind: 'proof' } });
  let unit = createUnit({ job: jobId(1), index: 0 }, 1);
  const events: string[] = [];
  for (const host of [1, 2, 3])
    for (const command of [issue(host), result(host, `${host}`), judgement(host - 1, 'invalid')]) {
      const answer = transition(unit, command, proof);
      unit = answer.unit;
      events.push(...answer.hostEvents.map((event) => `${event.kind} ${event.host === hostId(host) ? host : 'an earlier one'}`));
    }
  expect(events).toEqual(['failed 1', 'absolved an earlier one']);
});
