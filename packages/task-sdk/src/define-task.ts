/** What an author writes. This file is bundled into every task, so it imports types only. */

import type { Value } from '@manyhands/protocol';
import type { StandardSchemaV1 } from '@standard-schema/spec';

/** What `run` may use of the world. Nothing else exists: no clock, no network, no files, no process. */
export interface TaskContext {
  /** Uniform in [0, 1), seeded by the unit: the same numbers on every host. Math.random draws from it too. */
  random(): number;
  /** How far this unit is, 0 to 1. Cheap to call often: at most one report a second leaves the machine. */
  progress(fraction: number): void;
  /** Keeps `state` on the volunteer's disk; after a restart the unit goes on with it in `resume`. */
  checkpoint(state: Value): void;
  /** The state of the last checkpoint, or null at the first start. */
  readonly resume: Value | null;
  /** A line in the volunteer's log and in the author's `try`. */
  log(message: string): void;
}

/** Throw it from `run` when trying again elsewhere cannot help, e.g. because the input makes no sense. */
export class FatalTaskError extends Error {
  override readonly name = 'FatalTaskError';
}

/** k results of distinct accounts must agree, bit for bit. */
export interface QuorumPolicy {
  readonly kind: 'quorum';
  readonly k: number;
}
/** One result is enough, if `check(input, output)` finds it right. It runs at the coordinator, in the same sandbox. */
export interface ProofPolicy<Input, Output> {
  readonly kind: 'proof';
  readonly check: (input: Input, output: Output) => boolean | Promise<boolean>;
}
export type VerifyPolicyOption<Input, Output> = QuorumPolicy | ProofPolicy<Input, Output>;

export const quorum = (k: number): QuorumPolicy => ({ kind: 'quorum', k });
export const proof = <Input, Output>(check: (input: Input, output: Output) => boolean | Promise<boolean>): ProofPolicy<Input, Output> => ({
  kind: 'proof',
  check,
});

export interface TaskDefinition<InputSchema extends StandardSchemaV1, OutputSchema extends StandardSchemaV1> {
  /** Lower-case letters, digits and dashes. */
  readonly name: string;
  /** Semantic version. */
  readonly version: string;
  /** Shown to volunteers before they consent. */
  readonly title: string;
  readonly description?: string;
  readonly url?: string;
  /** SPDX identifier of the task's code. */
  readonly license: string;
  /** Any Standard Schema (zod, valibot, arktype …). */
  readonly input: InputSchema;
  readonly output: OutputSchema;
  /** Defaults: 256 MB, 10 minutes, 1 MiB of output text. */
  readonly limits?: { readonly memoryMB?: number; readonly timeoutMs?: number; readonly outputBytes?: number };
  readonly verify: VerifyPolicyOption<StandardSchemaV1.InferOutput<InputSchema>, StandardSchemaV1.InferInput<OutputSchema>>;
  /** `deterministic` (default): Math.* and ** agree bit for bit on every engine and CPU. */
  readonly math?: 'deterministic' | 'native';
  readonly run: (
    input: StandardSchemaV1.InferOutput<InputSchema>,
    ctx: TaskContext,
  ) => StandardSchemaV1.InferInput<OutputSchema> | Promise<StandardSchemaV1.InferInput<OutputSchema>>;
}

/** Checks nothing and adds nothing: it is here for the types. `export default` what it returns. */
export function defineTask<InputSchema extends StandardSchemaV1, OutputSchema extends StandardSchemaV1>(
  definition: TaskDefinition<InputSchema, OutputSchema>,
): TaskDefinition<InputSchema, OutputSchema> {
  return definition;
}
