import { accountId, hostId, taskId } from '@manyhands/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { confidence } from '../../test/trust.ts';
import { FIRST_CONDUCT } from './conduct.ts';
import { allot } from './matching.ts';
import { createStanding, foldStanding, type HostEvent, isEstablished, isSuspended, type Standing } from './standing.ts';

type Kind = HostEvent['kind'];

const MINUTE = 60_000;
const WEEK = 7 * 24 * 60 * MINUTE;
const NOW = 1_000_000;
const fresh = (quota = 8): Standing => createStanding(taskId(1), hostId(1), accountId(1), quota);
const after = (kinds: readonly Kind[], standing = fresh(), now = NOW): Standing =>
  kinds.reduce((held, kind) => foldStanding(held, { kind }, now), standing);
const times = (n: number, kind: Kind): Kind[] => Array.from({ length: n }, () => kind);

test('[VF6] a host is a newcomer until it has passed three checks; then its word counts', () => {
  expect(isEstablished(fresh())).toBe(false);
  expect(isEstablished(after(times(2, 'passed')))).toBe(false);
  expect(isEstablished(after(times(3, 'passed')))).toBe(true);
  expect(isEstablished(after(['passed', 'passed', 'errored', 'passed']))).toBe(true);
  expect(isEstablished(after(['passed', 'passed', 'failed', 'passed']))).toBe(false);
});

test.each<Kind>(['failed', 'outvoted'])(
  '[VF7] a host whose answer was not the believed one is a newcomer again, and nothing worse: %s',
  (kind) => {
    const lost = after([...times(9, 'passed'), kind]);
    expect(lost).toMatchObject({ passed: 0, verified: 9, convictions: 0, isBanned: false, suspendedUntil: 0 });
    expect(isEstablished(after(times(3, 'passed'), lost))).toBe(true);
  },
);

test('[VF7] [VF12] however many votes are lost, nobody is banned for them', () => {
  expect(after(times(1_000, 'outvoted'))).toMatchObject({ isBanned: false, convictions: 0 });
});

test('[VF8] the quota doubles with each check passed, and halves with each error or wrong answer', () => {
  expect(after(['passed']).quota).toBe(16);
  expect(after(times(20, 'passed')).quota).toBe(1_024);
  for (const kind of ['errored', 'failed', 'outvoted'] as const) expect(after([kind]).quota).toBe(4);
  expect(after(['errored', 'passed'], fresh(7)).quota).toBe(6);
});

test('[VF8] a host that fails everything is suspended at the failure number log2 of its quota plus one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_024 }), fc.constantFrom<Kind>('errored', 'failed', 'outvoted'), (quota, kind) => {
      const failures = Math.floor(Math.log2(quota)) + 1;
      expect(isSuspended(after(times(failures - 1, kind), fresh(quota)), NOW)).toBe(false);
      expect(isSuspended(after(times(failures, kind), fresh(quota)), NOW)).toBe(true);
    }),
  );
});

test('[VF8] one unit at a time, it costs log2 of its quota plus one units, and then one at each return', () => {
  let [standing, now, units] = [fresh(64), NOW, 0];
  const work = () => {
    for (; allot(standing, 0, FIRST_CONDUCT, confidence(), now).kind !== 'suspended'; units++)
      standing = foldStanding(standing, { kind: 'errored' }, now);
  };
  work();
  expect(units).toBe(7);
  for (const back of [8, 9, 10]) {
    now = standing.suspendedUntil;
    work();
    expect(units).toBe(back);
  }
});

test('[VF8] it is never given more than its halved quota, whatever it holds', () => {
  const taken = fc.array(fc.nat(64), { minLength: 12, maxLength: 12 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 64 }), taken, (quota, wishes) => {
      let [standing, held] = [fresh(quota), quota];
      for (const wish of wishes) {
        standing = foldStanding(standing, { kind: 'errored' }, NOW);
        held = Math.max(0, held - 1);
        const allotment = allot(standing, held, FIRST_CONDUCT, { kind: 'proof' }, NOW);
        if (allotment.kind === 'suspended') return;
        const given = Math.min(wish, allotment.most);
        expect(given === 0 || held + given <= standing.quota).toBe(true);
        held += given;
      }
      expect.unreachable('twelve failures are more than log2(64) + 1');
    }),
  );
});

test('[VF71] a lease given back beyond what is allowed halves the quota, and suspends nobody', () => {
  expect(after(['declined'], fresh(64)).quota).toBe(32);
  expect(after(times(20, 'declined'), fresh(64))).toMatchObject({ quota: 1, setbacks: 0, suspendedUntil: 0, isBanned: false });
  expect(isEstablished(after([...times(3, 'passed'), ...times(20, 'declined')]))).toBe(true);
});

test('[VF9] a suspension lasts ten minutes and doubles each time, up to a week; a check passed begins anew', () => {
  let standing = after(['errored'], fresh(1));
  expect(standing).toMatchObject({ quota: 1, setbacks: 1, suspendedUntil: NOW + 10 * MINUTE });
  standing = foldStanding(standing, { kind: 'errored' }, standing.suspendedUntil);
  expect(standing.suspendedUntil).toBe(NOW + 30 * MINUTE);
  for (let back = 0; back < 20; back++) standing = foldStanding(standing, { kind: 'errored' }, standing.suspendedUntil);
  expect(foldStanding(standing, { kind: 'errored' }, standing.suspendedUntil).suspendedUntil - standing.suspendedUntil).toBe(WEEK);
  const better = foldStanding(standing, { kind: 'passed' }, NOW);
  expect(better).toMatchObject({ quota: 2, setbacks: 0 });
  expect(after(['errored', 'errored'], { ...better, suspendedUntil: 0 }).suspendedUntil).toBe(NOW + 10 * MINUTE);
});

test('[VF9] a machine that loses everything it held at once, however much, is suspended once', () => {
  expect(after(times(64, 'errored'), fresh(1_024))).toMatchObject({ quota: 1, setbacks: 1, suspendedUntil: NOW + 10 * MINUTE });
});

test('[VF9] no later event makes a suspension shorter', () => {
  const convicted = after([...times(9, 'passed'), ...times(5, 'convicted')]);
  expect(convicted.suspendedUntil).toBe(NOW + 160 * MINUTE);
  // What it still had in its hands comes back wrong, or not at all.
  expect(after(['errored'], convicted).suspendedUntil).toBe(NOW + 160 * MINUTE);
  expect(after(['failed'], convicted).suspendedUntil).toBe(NOW + 160 * MINUTE);
});

test('[VF10] an error that was the unit’s fault is undone, suspension and all', () => {
  expect(after(['errored', 'absolved'])).toEqual(fresh());
  expect(after(['errored', 'absolved'], fresh(1))).toMatchObject({ quota: 2, suspendedUntil: NOW });
  expect(isSuspended(after(['errored', 'absolved'], fresh(1)), NOW)).toBe(false);
  expect(after(['absolved'], fresh(1_000)).quota).toBe(1_024);
});

test('[VF10] it does not lift the suspension of a convicted host', () => {
  const convicted = after([...times(3, 'passed'), 'errored', 'convicted']);
  expect(after(['absolved'], convicted).suspendedUntil).toBe(convicted.suspendedUntil);
});

test('[VF11] a convicted host is a newcomer again, suspended, twice as long each time', () => {
  const once = after([...times(5, 'passed'), 'convicted']);
  expect(once).toMatchObject({ passed: 0, verified: 5, convictions: 1, quota: 1, suspendedUntil: NOW + 10 * MINUTE, isBanned: false });
  expect(isEstablished(once)).toBe(false);
  expect(foldStanding(once, { kind: 'convicted' }, NOW).suspendedUntil).toBe(NOW + 20 * MINUTE);
});

test('[VF12] a host is banned with the fifth conviction, and only if it was wrong in more than a third of all checks', () => {
  expect(after([...times(9, 'passed'), ...times(4, 'convicted')]).isBanned).toBe(false);
  expect(after([...times(9, 'passed'), ...times(5, 'convicted')]).isBanned).toBe(true);
  expect(after([...times(10, 'passed'), ...times(5, 'convicted')]).isBanned).toBe(false);
  expect(after([...times(10, 'passed'), ...times(6, 'convicted')]).isBanned).toBe(true);
});

test('[VF12] a ban is for ever, and a banned host’s word does not count', () => {
  const banned = after([...times(5, 'convicted'), ...times(100, 'passed')]);
  expect(banned.isBanned).toBe(true);
  expect(isEstablished(banned)).toBe(false);
  expect(isSuspended(banned, Number.MAX_SAFE_INTEGER)).toBe(true);
});

test('[VF6] [VF9] [VF12] whatever happens to a host, its standing stays within bounds', () => {
  const event = fc.tuple(
    fc.constantFrom<Kind>('passed', 'failed', 'outvoted', 'convicted', 'errored', 'absolved', 'declined'),
    fc.nat(2 * MINUTE),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 80 }), (events) => {
      let [standing, now] = [fresh(), NOW];
      for (const [kind, passedMs] of events) {
        now += passedMs;
        const next = foldStanding(standing, { kind }, now);
        expect(next.quota).toBeGreaterThanOrEqual(1);
        expect(next.quota).toBeLessThanOrEqual(1_024);
        expect(next.passed).toBeLessThanOrEqual(next.verified);
        if (next.isBanned && !standing.isBanned) expect(kind).toBe('convicted');
        if (next.isBanned) expect(next.convictions).toBeGreaterThanOrEqual(5);
        if (standing.isBanned) expect(next.isBanned).toBe(true);
        if (kind !== 'absolved') expect(next.suspendedUntil).toBeGreaterThanOrEqual(standing.suspendedUntil);
        standing = next;
      }
    }),
  );
});
