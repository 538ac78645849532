/** A healthy closed job of `unitCount` units, with everything a Job has; what matters to a test is said by it. */
import { jobId, taskId } from './ids.ts';

export const quorumOf = (k: number) => ({ kind: 'quorum' as const, k, agree: { kind: 'exact' as const } });

export const confidenceOf = (wrongIn: number) => ({ kind: 'confidence' as const, wrongIn, agree: { kind: 'exact' as const } });

export const jobFacts = (unitCount: number) => ({
  id: jobId(1),
  revision: 1,
  task: taskId(1),
  author: 'ada',
  title: 'a job',
  key: 'key-0001',
  inputs: { kind: 'index' as const, count: Math.max(1, unitCount) },
  priority: 0,
  leaseMs: 60_000,
  verify: quorumOf(1),
  limits: { memoryMB: 64, timeoutMs: 60_000, outputBytes: 1_000 },
  createdAt: 0,
  endedAt: null,
  state: 'closed' as const,
  unitCount,
  chunkCount: 0,
  nextFresh: 0,
});
