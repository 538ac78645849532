import { accountId, hostId, taskId } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { confidence } from '../../test/trust.ts';
import { FIRST_CONDUCT } from './conduct.ts';
import { allot } from './matching.ts';
import { createStanding, type Standing } from './standing.ts';

const NOW = 1_000;
const standing = (over: Partial<Standing> = {}): Standing => ({ ...createStanding(taskId(1), hostId(1), accountId(1), 8), ...over });

test('[VF16] a suspended host is given nothing until its time is over; a banned one never', () => {
  expect(allot(standing({ suspendedUntil: 1_001 }), 0, FIRST_CONDUCT, confidence(), NOW)).toEqual({ kind: 'suspended', until: 1_001 });
  expect(allot(standing({ suspendedUntil: 1_000 }), 0, FIRST_CONDUCT, confidence(), NOW).kind).toBe('newcomer');
  expect(allot(standing({ isBanned: true }), 0, FIRST_CONDUCT, { kind: 'proof' }, NOW)).toEqual({ kind: 'suspended', until: null });
});

test('[VF16] an established host is given as much more as its quota leaves', () => {
  expect(allot(standing({ passed: 3 }), 2, FIRST_CONDUCT, confidence(), NOW)).toEqual({ kind: 'worker', most: 6, open: 6 });
  expect(allot(standing({ passed: 3 }), 8, FIRST_CONDUCT, confidence(), NOW)).toEqual({ kind: 'worker', most: 0, open: 0 });
  expect(allot(standing({ passed: 3, quota: 1 }), 8, FIRST_CONDUCT, confidence(), NOW)).toEqual({ kind: 'worker', most: 0, open: 0 });
});

test('[VF16] a newcomer is given no more than it takes to know it', () => {
  expect(allot(standing(), 0, FIRST_CONDUCT, confidence(), NOW)).toEqual({ kind: 'newcomer', most: 3, open: 3 });
  expect(allot(standing({ passed: 1 }), 1, FIRST_CONDUCT, confidence(), NOW)).toEqual({ kind: 'newcomer', most: 1, open: 1 });
  expect(allot(standing(), 5, FIRST_CONDUCT, confidence(), NOW)).toEqual({ kind: 'newcomer', most: 0, open: 0 });
  expect(allot(standing({ quota: 1 }), 0, FIRST_CONDUCT, confidence(), NOW)).toEqual({ kind: 'newcomer', most: 1, open: 1 });
});

test('[VF16] where everybody’s word counts there are no newcomers', () => {
  expect(allot(standing(), 1, FIRST_CONDUCT, { kind: 'proof' }, NOW)).toEqual({ kind: 'worker', most: 7, open: 7 });
});

test('[VF70] what nobody has judged leaves a newcomer less room for what nobody can judge, but not for units whose answer is known', () => {
  const waiting = (unjudged: number) => ({ ...FIRST_CONDUCT, unjudged });
  expect(allot(standing(), 0, waiting(6), confidence(), NOW)).toEqual({ kind: 'newcomer', most: 3, open: 2 });
  expect(allot(standing(), 0, waiting(8), confidence(), NOW)).toEqual({ kind: 'newcomer', most: 3, open: 0 });
  expect(allot(standing({ quota: 1 }), 0, waiting(7), confidence(), NOW)).toEqual({ kind: 'newcomer', most: 1, open: 0 });
});

test('[VF70] of a host whose word is worth as much as anybody’s it bounds what nobody was given yet', () => {
  const waiting = { ...FIRST_CONDUCT, unjudged: 7 };
  expect(allot(standing(), 0, waiting, { kind: 'proof' }, NOW)).toEqual({ kind: 'worker', most: 8, open: 1 });
  expect(allot(standing({ passed: 3 }), 2, waiting, confidence(), NOW)).toEqual({ kind: 'worker', most: 6, open: 0 });
});

test('[VF71] what was given back beyond its allowance is counted as held until it would have ended', () => {
  const conduct = { ...FIRST_CONDUCT, givenBack: [NOW, NOW + 1, NOW + 2] };
  expect(allot(standing({ passed: 3 }), 1, conduct, confidence(), NOW)).toEqual({ kind: 'worker', most: 5, open: 5 });
  expect(allot(standing({ quota: 2 }), 0, conduct, confidence(), NOW)).toEqual({ kind: 'newcomer', most: 0, open: 0 });
});
