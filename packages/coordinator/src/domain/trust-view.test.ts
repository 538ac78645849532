import { accountId, hostId, jobId, quorumOf, taskId } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { confidence } from '../../test/trust.ts';
import { ZERO_COUNTS } from './job.ts';
import { auditShare, liarOdds } from './odds.ts';
import { createStanding, type Standing } from './standing.ts';
import { createTally, EMPTY_CENSUS, type Tally } from './tally.ts';
import { NO_TRUST } from './transition.ts';
import { type HostBook, viewTrust } from './trust-view.ts';

const job = (unitCount: number, wrongIn = 1_000) => ({ verify: confidence(wrongIn), unitCount });
const standing = (over: Partial<Standing> = {}): Standing => ({
  ...createStanding(taskId(1), hostId(1), accountId(1), 8),
  passed: 3,
  ...over,
});
const tally = (checks: number): Tally => ({ ...createTally(jobId(1), hostId(1)), checks });
const bookOf = (over: Partial<HostBook> = {}): HostBook => ({
  census: EMPTY_CENSUS,
  standingOf: () => undefined,
  tallyOf: () => undefined,
  ...over,
});

test('[VF6] a host’s word counts once it is established, and not before, nor when it is banned', () => {
  const checksOf = (held: Standing | undefined, own?: Tally) =>
    viewTrust(job(10), ZERO_COUNTS, bookOf({ standingOf: () => held, tallyOf: () => own })).checksOf(hostId(1));
  expect(checksOf(undefined)).toBeNull();
  expect(checksOf(standing({ passed: 2 }), tally(2))).toBeNull();
  expect(checksOf(standing({ isBanned: true }), tally(9))).toBeNull();
  expect(checksOf(standing(), tally(7))).toBe(7);
  // Established by another job of the task: its word counts here, with nothing behind it yet.
  expect(checksOf(standing())).toBe(0);
});

test('[VF14] [VF28] the odds and the share of audits are those of the job as it is now', () => {
  const book = { ...bookOf(), census: EMPTY_CENSUS };
  const trust = viewTrust(job(1_000), ZERO_COUNTS, book);
  expect(trust.phi).toBe(liarOdds(EMPTY_CENSUS));
  // Nobody was seen yet: as if one did it all.
  expect(trust.auditShare(1)).toBe(auditShare(liarOdds(EMPTY_CENSUS), 1_000, 1_000, 1));
  const census = { seen: 10, convicted: 3 };
  book.census = census;
  expect(trust.phi).toBe(liarOdds(census));
  expect(trust.auditShare(1)).toBe(auditShare(liarOdds(census), 1_000, 100, 1));
});

test.each([
  [1_000, 8],
  [100, 5],
  [10, 3],
])('[VF17] of %i units the job wants %i that are known beyond doubt, or as many that the referee made', (unitCount, wanted) => {
  const counts = { ...ZERO_COUNTS };
  const trust = viewTrust(job(unitCount), counts, bookOf());
  expect(trust.lacksCanaries).toBe(true);
  expect(viewTrust(job(unitCount), { ...counts, final: wanted - 1, refereed: wanted - 1 }, bookOf()).lacksCanaries).toBe(true);
  expect(viewTrust(job(unitCount), { ...counts, final: wanted }, bookOf()).lacksCanaries).toBe(false);
  expect(viewTrust(job(unitCount), { ...counts, refereed: wanted }, bookOf()).lacksCanaries).toBe(false);
});

test.each([quorumOf(2), { kind: 'proof' as const }])('[VF6] under other policies nobody’s standing weighs: %j', (verify) => {
  const trust = viewTrust({ verify, unitCount: 10 }, ZERO_COUNTS, bookOf({ standingOf: () => standing(), tallyOf: () => tally(9) }));
  expect(trust).toBe(NO_TRUST);
  expect([trust.checksOf(hostId(1)), trust.auditShare(1), trust.lacksCanaries, trust.mayLookAgain]).toEqual([null, 1, false, false]);
  expect(trust.hasStill(hostId(1), 9)).toBe(true);
});

test('[VF81] a host that was convicted in the job has fewer checks behind its word than it had', () => {
  const hasStill = (own: Tally | undefined, claimed: number) =>
    viewTrust(job(10), ZERO_COUNTS, bookOf({ tallyOf: () => own })).hasStill(hostId(1), claimed);
  expect([hasStill(tally(7), 7), hasStill(tally(3), 7), hasStill(undefined, 1), hasStill(undefined, 0)]).toEqual([
    true,
    false,
    false,
    true,
  ]);
});

test('[VF85] newcomers are heard while the referee was asked about sixteen units and one in a hundred at most', () => {
  const mayLookAgain = (refereed: number) => viewTrust(job(1_000), { ...ZERO_COUNTS, refereed }, bookOf()).mayLookAgain;
  expect([mayLookAgain(25), mayLookAgain(26)]).toEqual([true, false]);
});
