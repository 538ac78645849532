import { accountId, hostId, taskId } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { confidence } from '../../test/trust.ts';
import { allot } from './matching.ts';
import { createStanding, type Standing } from './standing.ts';

const NOW = 1_000;
const standing = (over: Partial<Standing> = {}): Standing => ({ ...createStanding(taskId(1), hostId(1), accountId(1), 8), ...over });

test('[VF16] a suspended host is given nothing until its time is over; a banned one never', () => {
  expect(allot(standing({ suspendedUntil: 1_001 }), 0, confidence(), NOW)).toEqual({ kind: 'suspended', until: 1_001 });
  expect(allot(standing({ suspendedUntil: 1_000 }), 0, confidence(), NOW).kind).toBe('newcomer');
  expect(allot(standing({ isBanned: true }), 0, { kind: 'proof' }, NOW)).toEqual({ kind: 'suspended', until: null });
});

test('[VF16] an established host is given as much more as its quota leaves', () => {
  expect(allot(standing({ passed: 3 }), 2, confidence(), NOW)).toEqual({ kind: 'worker', most: 6 });
  expect(allot(standing({ passed: 3 }), 8, confidence(), NOW)).toEqual({ kind: 'worker', most: 0 });
  expect(allot(standing({ passed: 3, quota: 1 }), 8, confidence(), NOW)).toEqual({ kind: 'worker', most: 0 });
});

test('[VF16] a newcomer is given no more than it takes to know it', () => {
  expect(allot(standing(), 0, confidence(), NOW)).toEqual({ kind: 'newcomer', most: 3 });
  expect(allot(standing({ passed: 1 }), 1, confidence(), NOW)).toEqual({ kind: 'newcomer', most: 1 });
  expect(allot(standing(), 5, confidence(), NOW)).toEqual({ kind: 'newcomer', most: 0 });
  expect(allot(standing({ quota: 1 }), 0, confidence(), NOW)).toEqual({ kind: 'newcomer', most: 1 });
});

test('[VF16] where everybody’s word counts there are no newcomers', () => {
  expect(allot(standing(), 1, { kind: 'proof' }, NOW)).toEqual({ kind: 'worker', most: 7 });
});
