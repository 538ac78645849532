export { canonicalJson, type Json } from './canonical-json.ts';
export { CLOSE_CODES, type CloseCode, type CloseName, isFatalClose, retryAfterIn, withRetryAfter } from './close-codes.ts';
export { type Digest, digestSchema } from './digest.ts';
export { type Assign, type AssignedLease, type Downstream, downstreamSchema, type Welcome } from './downstream.ts';
export { ERROR_STATUS, type ErrorBody, type ErrorCode, errorBodySchema } from './errors.ts';
export { type FrameOutcome, parseFrame } from './frame.ts';
export {
  type AccountLine,
  type AccountView,
  accountViewSchema,
  type HostView,
  hostViewSchema,
  type Leaderboard,
  leaderboardSchema,
  type TeamLine,
  type TeamView,
  teamViewSchema,
} from './http/credit-api.ts';
export { type EvidenceLine, type EvidenceOf, evidenceLineSchema } from './http/evidence-api.ts';
export {
  blobStoredSchema,
  type CreateJob,
  createJobSchema,
  type InputSource,
  inputSourceSchema,
  type JobView,
  jobViewSchema,
  publishTaskSchema,
  type ResultRow,
  resultRowSchema,
  type TaskView,
  taskViewSchema,
  type UnitCounts,
  type UnitsAccepted,
  unitsAcceptedSchema,
} from './http/job-api.ts';
export { type JobMap, jobMapSchema, type ProjectView, projectViewSchema, type StatsView, statsViewSchema } from './http/project-api.ts';
export { type StoryEvent, type StoryEventOf, type UnitView, unitViewSchema } from './http/unit-api.ts';
export {
  type AccountId,
  accountIdSchema,
  type HostId,
  hostIdSchema,
  type JobId,
  jobIdSchema,
  type LeaseId,
  leaseIdSchema,
  parseUnitId,
  type TaskId,
  taskIdSchema,
  type UnitId,
  unitIdOf,
} from './ids.ts';
export { LIMITS } from './limits.ts';
export {
  type Agreement,
  type Certificate,
  certificateSchema,
  publicKeySchema,
  SIGNING_DOMAINS,
  type SignedTask,
  type SignedText,
  type SigningDomain,
  signedTaskSchema,
  signedTextSchema,
  type TaskLimits,
  type TaskManifest,
  taskManifestSchema,
  type VerifyPolicy,
  verifyPolicySchema,
} from './manifest.ts';
export { type Payload, payloadSchema } from './payload.ts';
export { type ErrorKind, errorKindSchema, type LeaseRef, type LeaseResult, leaseResultSchema, type RecordedOutcome } from './result.ts';
export { type Hello, type Upstream, upstreamSchema } from './upstream.ts';
export {
  blobsOf,
  type DecodeOptions,
  decodeValue,
  type EncodeOptions,
  encodeValue,
  type TypedArray,
  type Value,
  ValueError,
} from './value.ts';
export { negotiateVersion, OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION } from './version.ts';
export { agreesWithin, type Tolerance } from './within.ts';
