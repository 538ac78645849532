import { expect, test } from 'vitest';
import { isRenewalDue } from './lease.ts';

test('[WU5] a long lease is renewed at its half', () => {
  const lease = { deadlineAt: 1_000_000, leaseMs: 600_000, heartbeatMs: 20_000 };
  expect(isRenewalDue(lease, 699_999)).toBe(false);
  expect(isRenewalDue(lease, 700_000)).toBe(true);
});

test('[WU5] a short lease is renewed when it might not outlast two heartbeats', () => {
  const lease = { deadlineAt: 50_000, leaseMs: 50_000, heartbeatMs: 20_000 };
  expect(isRenewalDue(lease, 9_999)).toBe(false);
  expect(isRenewalDue(lease, 10_000)).toBe(true);
});
