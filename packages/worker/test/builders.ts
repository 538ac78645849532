/** Small well-formed things for tests. */
import type { JobId, LeaseId, LeaseResult, Payload, TaskId } from '@manyhands/protocol';
import type { Assignment } from '../src/domain/lease-book.ts';

const padded = (n: number): string => String(n).padStart(22, '0');

export const leaseId = (n: number): LeaseId => `lease_${padded(n)}` as LeaseId;
export const jobId = (n = 0): JobId => `job_${padded(n)}` as JobId;
export const taskId = (n = 0): TaskId => `sha256:${n.toString(16).padStart(64, '0')}` as TaskId;

export const assignment = (n: number, more: Partial<Assignment> = {}): Assignment => ({
  lease: leaseId(n),
  job: jobId(),
  index: n,
  task: taskId(),
  input: `${n}`,
  frozenAt: 1_000,
  ...more,
});

export const okResult = (n: number, output: Payload = `${n}`): LeaseResult => ({
  lease: leaseId(n),
  job: jobId(),
  index: n,
  status: 'ok',
  output,
  elapsedMs: 5,
});

export const assignFrame = (numbers: readonly number[], more: { task?: TaskId; input?: Payload } = {}) => ({
  type: 'assign' as const,
  job: jobId(),
  task: more.task ?? taskId(),
  limits: { memoryMB: 64, timeoutMs: 1_000, outputBytes: 1_000 },
  frozenAt: 1_000,
  leaseMs: 60_000,
  leases: numbers.map((n) => ({ lease: leaseId(n), index: n, input: more.input ?? `${n}` })),
});
