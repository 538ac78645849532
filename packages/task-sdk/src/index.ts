export { type AuthorFile, authorFileSchema, readAuthorFile } from './author-file.ts';
export { type OperatorAccess, registerAuthor, revokeAuthor } from './author-registration.ts';
export { defineTask } from './authored-task.ts';
export { type PackedTask, packTask } from './bundle/pack-task.ts';
export { type ConnectOptions, connect } from './connect.ts';
export { type ConnectionChoice, defaultAuthorFile } from './connection-settings.ts';
export {
  type Agreeing,
  type Comparator,
  type ConfidencePolicy,
  confidence,
  FatalTaskError,
  type ProofPolicy,
  proof,
  type QuorumPolicy,
  quorum,
  type TaskContext,
  type TaskDefinition,
  type WithinTolerance,
  within,
} from './define-task.ts';
export { Grid, type MapOptions } from './grid.ts';
export { GridJob } from './grid-job.ts';
export { type FormulaInputs, type Inputs, indices, ranges } from './inputs/ranges.ts';
export type { BelievedResult, CancelledResult, FailedResult, Failures, UnitResult } from './results/unit-result.ts';
export { SDK_ERRORS, SdkError, type SdkErrorCode } from './sdk-error.ts';
export type { AnyTask, InputOf, OutputOf, TaskFile } from './task-types.ts';
