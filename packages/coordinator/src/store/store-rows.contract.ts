/** Rows for the contract suites: small, valid, and named by number. */
import type { AccountId, Digest, HostId, InputSource, JobId, LeaseId, SignedTask, TaskId, TaskManifest } from '@manyhands/protocol';
import type { Author, ChangeSet, Ending, Host, InputChunk, Posting, PublishedTask, StoredResult } from '../domain/change-set.ts';
import { type Job, ZERO_COUNTS } from '../domain/job.ts';
import { createStanding, type Standing } from '../domain/standing.ts';
import type { Tally } from '../domain/tally.ts';
import type { Holder, Replica, WorkUnit } from '../domain/work-unit.ts';

const id = <Id extends string>(prefix: string, n: number): Id => `${prefix}_${String(n).padStart(22, '0')}` as Id;

export const jobId = (n: number) => id<JobId>('job', n);
export const hostId = (n: number) => id<HostId>('host', n);
export const accountId = (n: number) => id<AccountId>('account', n);
export const leaseId = (n: number) => id<LeaseId>('lease', n);
export const digest = (n: number) => `sha256:${n.toString(16).padStart(64, '0')}` as Digest;
export const taskId = (n: number) => digest(n) as string as TaskId;

export const job = (n: number, change: Partial<Job> = {}): Job => ({
  id: jobId(n),
  revision: 1,
  task: taskId(1),
  author: 'ada',
  title: `Job ${n}`,
  key: `key-number-${n}`,
  inputs: { kind: 'index', count: 5_000 },
  priority: 0,
  leaseMs: 60_000,
  verify: { kind: 'quorum', k: 1, agree: { kind: 'exact' } },
  limits: { memoryMB: 64, timeoutMs: 1_000, outputBytes: 1_000 },
  createdAt: 1_000 + n,
  endedAt: null,
  state: 'closed',
  unitCount: 5_000,
  chunkCount: 0,
  nextFresh: 0,
  counts: ZERO_COUNTS,
  ...change,
});

export const jobOf = (n: number, inputs: InputSource): Job => job(n, { inputs });

/** Host n holds replica `no` of unit `index`, under account n and a lease of its own. */
export const holder = (host: number, index: number, no = 0): Holder => ({
  lease: leaseId(index * 100 + no),
  host: hostId(host),
  account: accountId(host),
  leasedAt: 1_763_838_000_000 + index,
});

export const leased = (host: number, index: number, deadlineAt = 1_763_838_120_000, no = 0): Replica => ({
  kind: 'leased',
  no,
  deadlineAt,
  ...holder(host, index, no),
});

export const judged = (host: number, index: number, no = 0): Replica => ({
  kind: 'judged',
  no,
  digest: digest(index),
  returnedAt: 1_763_838_050_000,
  valid: true,
  ...holder(host, index, no),
});

export const unit = (n: number, index: number, change: Partial<WorkUnit> = {}): WorkUnit => ({
  job: jobId(n),
  index,
  revision: 1,
  state: { kind: 'open' },
  replicas: [{ kind: 'ready', no: 0 }],
  ...change,
});

/** Believed for now on the word of host `host`. */
export const provisionalUnit = (n: number, index: number, host = 1, more: readonly Replica[] = []): WorkUnit =>
  unit(n, index, { state: { kind: 'provisional', digest: digest(index), at: endedAt }, replicas: [judged(host, index), ...more] });

export const leasedUnit = (n: number, index: number, host = 1, deadlineAt?: number): WorkUnit =>
  unit(n, index, { replicas: [leased(host, index, deadlineAt)] });

export const result = (n: number, index: number, host = 1, change: Partial<StoredResult> = {}): StoredResult => {
  const { lease, host: hostOf, account } = holder(host, index, change.no ?? 0);
  return {
    job: jobId(n),
    index,
    no: 0,
    lease,
    host: hostOf,
    account,
    receivedAt: 1_763_838_050_000,
    elapsedMs: 12.5,
    late: false,
    body: { kind: 'ok', digest: digest(index), output: `"output ${index}"` },
    ...change,
  };
};

export const posting = (n: number, index: number, host = 1, change: Partial<Posting> = {}): Posting => ({
  job: jobId(n),
  index,
  no: 0,
  kind: 'valid-result',
  host: hostId(host),
  account: accountId(host),
  microcredits: 1_000,
  at: 1_763_838_050_000,
  ...change,
});

/** What undoes it. */
export const takenBack = (granted: Posting): Posting => ({ ...granted, kind: 'revocation', microcredits: -granted.microcredits });

export const endedAt = 1_763_838_060_000;

export const finalUnit = (n: number, index: number, host = 1, revision = 2): WorkUnit =>
  unit(n, index, { revision, state: { kind: 'final', digest: digest(index), at: endedAt }, replicas: [judged(host, index)] });

/** Everything that ends one unit with host `host`'s result; the unit is stored at revision − 1. */
export const finalChange = (n: number, index: number, host = 1, revision = 2) =>
  ({
    units: [finalUnit(n, index, host, revision)],
    results: [result(n, index, host)],
    endings: [ending(n, index)],
    postings: [posting(n, index, host)],
  }) satisfies ChangeSet;

export const ending = (n: number, index: number, change: Partial<Ending> = {}): Ending => ({
  job: jobId(n),
  index,
  state: 'final',
  no: 0,
  at: endedAt,
  ...change,
});

/** What host n earned for task `forTask`. */
export const standing = (n: number, forTask = 1, change: Partial<Standing> = {}): Standing => ({
  ...createStanding(taskId(forTask), hostId(n), accountId(n), 8),
  ...change,
});

/** What the word of host `host` in job n was put to. */
export const tally = (n: number, host: number, change: Partial<Tally> = {}): Tally => ({
  job: jobId(n),
  host: hostId(host),
  checks: 1,
  convictions: 0,
  ...change,
});

export const host = (n: number, change: Partial<Host> = {}): Host => ({
  id: hostId(n),
  account: accountId(n),
  hostKey: `key${n}`,
  displayName: null,
  cores: 4,
  software: 'manyhands 0.1.0',
  engine: 'v8 13',
  firstSeenAt: 1_000,
  lastSeenAt: 2_000,
  ...change,
});

export const author = (name: string, change: Partial<Author> = {}): Author => ({
  name,
  key: `key of ${name}`,
  tokenHash: 'f'.repeat(64),
  addedAt: 1_000,
  revokedAt: null,
  ...change,
});

export const chunk = (n: number, number: number, firstIndex: number, lines: readonly string[]): InputChunk => ({
  job: jobId(n),
  chunk: number,
  firstIndex,
  count: lines.length,
  lines: lines.join('\n'),
  digest: digest(number),
});

const manifest: TaskManifest = {
  format: 1,
  name: 'collatz',
  version: '1.0.0',
  title: 'Longest Collatz chains',
  license: 'MIT',
  bundle: digest(77),
  bundleBytes: 1_000,
  limits: { memoryMB: 64, timeoutMs: 1_000, outputBytes: 1_000 },
  verify: { kind: 'proof' },
  math: 'deterministic',
};
const signed: SignedTask = { manifest: { text: '{}', signature: 's' }, certificate: { text: '{}', signature: 's' } };

export const task = (n: number, publishedAt = n): PublishedTask => ({ id: taskId(n), manifest, signed, author: 'ada', publishedAt });

/** Joins changes row by row. */
export const merge = (...changes: readonly ChangeSet[]): ChangeSet => {
  const merged: Record<string, unknown[]> = {};
  for (const change of changes)
    for (const [rows, list] of Object.entries(change) as [string, readonly unknown[]][]) merged[rows] = [...(merged[rows] ?? []), ...list];
  return merged as ChangeSet;
};
