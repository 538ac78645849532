/** The rows that one unit at quorum 1 leaves behind: a lease, then a result that is believed at once. */
import { createHash, randomBytes } from 'node:crypto';
import type { AccountId, Digest, HostId, JobId, LeaseId, TaskId } from '@manyhands/protocol';
import type { ChangeSet, Host } from '../packages/coordinator/src/domain/change-set.ts';
import { type Job, ZERO_COUNTS } from '../packages/coordinator/src/domain/job.ts';
import { createStanding } from '../packages/coordinator/src/domain/standing.ts';
import type { WorkUnit } from '../packages/coordinator/src/domain/work-unit.ts';

const random = <Id extends string>(prefix: string): Id => `${prefix}_${randomBytes(16).toString('base64url')}` as Id;

export interface BenchHost {
  readonly id: HostId;
  readonly account: AccountId;
}

export const createBenchHosts = (count: number): BenchHost[] =>
  Array.from({ length: count }, () => ({ id: random<HostId>('host'), account: random<AccountId>('account') }));

export const toHost = ({ id, account }: BenchHost): Host => ({
  id,
  account,
  hostKey: randomBytes(32).toString('base64url'),
  displayName: null,
  cores: 2,
  software: 'bench',
  engine: 'bench',
  firstSeenAt: 1,
  lastSeenAt: 1,
});

export const createBenchJob = (unitCount: number): Job => ({
  id: random<JobId>('job'),
  revision: 1,
  task: `sha256:${'0'.repeat(64)}` as TaskId,
  author: 'bench',
  title: `${unitCount} units`,
  key: randomBytes(16).toString('hex'),
  inputs: { kind: 'index', count: unitCount },
  priority: 0,
  leaseMs: 120_000,
  verify: { kind: 'quorum', k: 1, agree: { kind: 'exact' } },
  limits: { memoryMB: 64, timeoutMs: 60_000, outputBytes: 1_000 },
  createdAt: 1,
  endedAt: null,
  state: 'closed',
  unitCount,
  chunkCount: 0,
  nextFresh: 0,
  counts: ZERO_COUNTS,
});

/** The job as its next revision, with counts as they would be after `final` units. */
export const advance = (job: Job, nextFresh: number, final: number): Job => ({
  ...job,
  revision: job.revision + 1,
  nextFresh,
  counts: { ...job.counts, final, results: final, issued: nextFresh, returned: final, running: nextFresh - final },
});

type Held = { no: 0; lease: LeaseId; leasedAt: number } & { host: HostId; account: AccountId };

/** `count` units from `first` on, leased, each to one of the hosts in turn. */
export function leaseUnits(job: JobId, first: number, count: number, hosts: readonly BenchHost[], now: number): WorkUnit[] {
  return Array.from({ length: count }, (_, i) => {
    const { id, account } = hosts[(first + i) % hosts.length] as BenchHost;
    const held: Held = { no: 0, lease: random<LeaseId>('lease'), host: id, account, leasedAt: now };
    return {
      job,
      index: first + i,
      revision: 1,
      state: { kind: 'open' },
      replicas: [{ kind: 'leased', ...held, deadlineAt: now + 120_000 }],
    };
  });
}

/** What the commit that ends these leased units carries: 100-byte outputs, all different, and what each host has earned for the task. */
export function endUnits(units: readonly WorkUnit[], task: TaskId, now: number): ChangeSet {
  const ended = units.map((unit) => endUnit(unit, now));
  const holders = new Map(ended.flatMap(({ results }) => results.map(({ host, account }) => [host, account] as const)));
  return {
    units: ended.map(({ unit }) => unit),
    results: ended.flatMap(({ results }) => results),
    endings: units.map(({ job, index }) => ({ job, index, state: 'final', no: 0, at: now })),
    postings: ended.flatMap(({ postings }) => postings),
    standings: [...holders].map(([host, account]) => createStanding(task, host, account, 1_024)),
  };
}

function endUnit(unit: WorkUnit, now: number) {
  const held = unit.replicas[0];
  if (held?.kind !== 'leased') throw new Error('only leased units can end here');
  const { no, lease, host, account, leasedAt } = held;
  const output = `"${String(unit.index).padStart(98, 'x')}"`;
  const digest = `sha256:${createHash('sha256').update(output).digest('hex')}` as Digest;
  const ref = { job: unit.job, index: unit.index };
  const final: WorkUnit = {
    ...ref,
    revision: unit.revision + 1,
    state: { kind: 'final', digest, at: now },
    replicas: [{ kind: 'judged', no, lease, host, account, leasedAt, digest, returnedAt: now, valid: true }],
  };
  return {
    unit: final,
    results: [
      { ...ref, no, lease, host, account, receivedAt: now, elapsedMs: 12.5, late: false, body: { kind: 'ok' as const, digest, output } },
    ],
    postings: [{ ...ref, no, kind: 'valid-result' as const, host, account, microcredits: 1_000, at: now }],
  };
}
