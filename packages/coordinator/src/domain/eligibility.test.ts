import { accountId, audit, canary, failure, hostId, issue, quorumOf, release, result, truth } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { confidence, contextOf, freshUnit, story, trustIn } from '../../test/trust.ts';
import { isEligible } from './eligibility.ts';
import type { UnitCommand } from './unit-command.ts';

const context = contextOf(trustIn({ 1: 10 }, { auditShare: () => 1 }));
const after = (...commands: readonly UnitCommand[]) => story(freshUnit(), context, ...commands).unit;
const mayHave = (host: number, unit: ReturnType<typeof after>, verify: Parameters<typeof isEligible>[2] = confidence()): boolean =>
  isEligible(unit, { host: hostId(host), account: accountId(host) }, verify);

test('[VF72] what a host gave back it may be given again as long as nobody has answered it', () => {
  expect(mayHave(2, after(issue(2), release(2)))).toBe(true);
  expect(mayHave(2, after(issue(2), failure(2)))).toBe(false);
});

test('[VF72] a check that a host gave back goes to another', () => {
  const audited = after(issue(1), result(1, 'a'), audit(), issue(2), release(2));
  expect(audited.state.kind).toBe('provisional');
  expect(audited.replicas.at(-1)?.kind).toBe('ready');
  expect([mayHave(2, audited), mayHave(3, audited)]).toEqual([false, true]);
  const open = after(issue(11), result(11, 'a'), issue(2), release(2));
  expect([mayHave(2, open), mayHave(3, open)]).toEqual([false, true]);
  const final = after(issue(1), result(1, 'a'), audit('referee'), truth('a'));
  const tested = story(final, { ...context, now: 2_000 }, canary(11), release(11)).unit;
  expect([mayHave(11, tested), mayHave(12, tested)]).toEqual([false, true]);
});

test('[VF72] where the answers there were are known to be wrong there is nobody to check', () => {
  const refuted = after(issue(11), result(11, 'b'), audit('referee'), truth('a'), issue(2), release(2));
  expect(refuted.state.kind).toBe('open');
  expect(mayHave(2, refuted)).toBe(true);
});

test('[VF72] under a quorum it is never given again what it had', () => {
  expect(mayHave(2, after(issue(2), release(2)), quorumOf(2))).toBe(false);
});
