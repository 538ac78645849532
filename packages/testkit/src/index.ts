export { FakeClock } from './fake-clock.ts';
export { accountId, digestOf, hostId, jobId, leaseId, taskId } from './ids.ts';
export { confidenceOf, jobFacts, quorumOf } from './job-facts.ts';
export { RecordingLink } from './recording-link.ts';
export { createSeededEntropy, type SeededEntropy } from './seeded-entropy.ts';
export {
  audit,
  brokenCheck,
  brokenComparison,
  brokenReferee,
  type CommandOptions,
  canary,
  cancellation,
  comparedTruth,
  comparisons,
  confirmation,
  duplication,
  expiry,
  failure,
  issue,
  judgement,
  release,
  renewal,
  result,
  retraction,
  review,
  strike,
  truth,
} from './unit-commands.ts';
