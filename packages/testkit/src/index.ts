export { FakeClock } from './fake-clock.ts';
export { accountId, digestOf, hostId, jobId, leaseId, taskId } from './ids.ts';
export { jobFacts, quorumOf } from './job-facts.ts';
export { RecordingLink } from './recording-link.ts';
export { createSeededEntropy, type SeededEntropy } from './seeded-entropy.ts';
export {
  brokenCheck,
  type CommandOptions,
  cancellation,
  expiry,
  failure,
  issue,
  judgement,
  release,
  renewal,
  result,
} from './unit-commands.ts';
