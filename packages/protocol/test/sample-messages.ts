/** One valid example of every message, of both directions; the types make sure that none is forgotten. */
import type { AccountId, Digest, Downstream, HostId, JobId, LeaseId, TaskId, Upstream } from '../src/index.ts';

const id = <T extends string>(prefix: string, letter = 'A'): T => `${prefix}_${letter.repeat(22)}` as T;
export const JOB = id<JobId>('job');
export const LEASE = id<LeaseId>('lease');
export const HOST = id<HostId>('host');
export const ACCOUNT = id<AccountId>('account');
export const DIGEST = `sha256:${'0f'.repeat(32)}` as Digest;
export const TASK = DIGEST as unknown as TaskId;
export const KEY = 'k'.repeat(43);
export const SIGNATURE = 's'.repeat(86);

const ref = { lease: LEASE, job: JOB, index: 7 };

export const UPSTREAM: { readonly [T in Upstream['type']]: Extract<Upstream, { type: T }> } = {
  hello: {
    type: 'hello',
    protocol: { oldest: 1, newest: 1 },
    hostKey: KEY,
    signature: SIGNATURE,
    accountSecret: KEY,
    displayName: 'Ada',
    software: 'manyhands 0.1.0',
    engine: 'v8',
    cores: 8,
  },
  reconcile: { type: 'reconcile', leases: [ref], more: false },
  'request-work': { type: 'request-work', replicas: 16 },
  submit: {
    type: 'submit',
    results: [
      { ...ref, status: 'ok', output: '{"n":1}', elapsedMs: 12.5 },
      { ...ref, status: 'ok', output: { blob: DIGEST, bytes: 70_000 }, elapsedMs: 0 },
      { ...ref, status: 'error', kind: 'thrown', message: 'no such row', elapsedMs: 3 },
    ],
  },
  renew: { type: 'renew', leases: [ref] },
  release: { type: 'release', leases: [ref] },
  progress: { type: 'progress', leases: [{ ...ref, fraction: 0.5 }] },
};

export const DOWNSTREAM: { readonly [T in Downstream['type']]: Extract<Downstream, { type: T }> } = {
  challenge: { type: 'challenge', nonce: KEY, protocol: { oldest: 1, newest: 1 }, projectKey: KEY },
  welcome: { type: 'welcome', protocol: 1, host: HOST, account: ACCOUNT, heartbeatMs: 30_000, quota: 8 },
  reconciled: { type: 'reconciled', drop: [LEASE] },
  assign: {
    type: 'assign',
    job: JOB,
    task: TASK,
    limits: { memoryMB: 64, timeoutMs: 60_000, outputBytes: 1_000 },
    frozenAt: 1_700_000_000_000,
    leaseMs: 120_000,
    leases: [
      { lease: LEASE, index: 7, input: '[1,2]' },
      { lease: LEASE, index: 8, input: { blob: DIGEST, bytes: 70_000 } },
    ],
  },
  'no-work': { type: 'no-work', retryAfterMs: 5_000, reason: 'no-jobs' },
  recorded: { type: 'recorded', results: [{ lease: LEASE, outcome: 'recorded' }] },
  renewed: { type: 'renewed', leases: [{ lease: LEASE, leaseMs: 120_000 }], ended: [LEASE] },
  revoke: { type: 'revoke', leases: [ref], reason: 'cancelled' },
  drain: { type: 'drain', retryAfterMs: 1_000 },
};
