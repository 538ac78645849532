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

/** Answers agree when every two numbers in the same place are at most `max(abs, rel · the larger one)` apart, and all else is equal. */
export interface WithinTolerance {
  readonly kind: 'within';
  readonly abs: number;
  /** 0 to 1: a share of the larger of the two numbers. */
  readonly rel: number;
}
/** Whether two answers are as good as one. It runs at the coordinator, in the volunteers' sandbox, and is asked both ways. */
export type Comparator<Output> = (a: Output, b: Output) => boolean | Promise<boolean>;
/** Absent: answers agree when they are equal, bit for bit. */
export interface Agreeing<Output> {
  readonly agree?: WithinTolerance | Comparator<Output>;
}

/** At most one believed answer in `wrongIn` is wrong: hosts are checked, and their answers weighed by what they have proved. */
export interface ConfidencePolicy<Output> extends Agreeing<Output> {
  readonly kind: 'confidence';
  /** 10 to 1,000,000,000. */
  readonly wrongIn: number;
}
/** k results of distinct accounts must agree. */
export interface QuorumPolicy<Output> extends Agreeing<Output> {
  readonly kind: 'quorum';
  readonly k: number;
}
/** One result is enough, if `check(input, output)` finds it right. It runs at the coordinator, in the same sandbox. */
export interface ProofPolicy<Input, Output> {
  readonly kind: 'proof';
  readonly check: (input: Input, output: Output) => boolean | Promise<boolean>;
}
/** `Output` as `check` and `agree` get it: what came back from a volunteer, read with the output's schema. */
export type VerifyPolicyOption<Input, Output> = ConfidencePolicy<Output> | QuorumPolicy<Output> | ProofPolicy<Input, Output>;

export const confidence = <Output>(options: { readonly wrongIn: number } & Agreeing<Output>): ConfidencePolicy<Output> => ({
  ...options,
  kind: 'confidence',
});
export const quorum = <Output>(k: number, options: Agreeing<Output> = {}): QuorumPolicy<Output> => ({ ...options, kind: 'quorum', k });
export const proof = <Input, Output>(check: (input: Input, output: Output) => boolean | Promise<boolean>): ProofPolicy<Input, Output> => ({
  kind: 'proof',
  check,
});
/** For `agree`. Say at least one: `abs` for numbers around zero, `rel` for all others. */
export const within = ({ abs = 0, rel = 0 }: { readonly abs?: number; readonly rel?: number }): WithinTolerance => ({
  kind: 'within',
  abs,
  rel,
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
  /** What makes an answer believed. Default: `confidence({ wrongIn: 10_000 })`. */
  readonly verify?: VerifyPolicyOption<StandardSchemaV1.InferOutput<InputSchema>, StandardSchemaV1.InferOutput<OutputSchema>>;
  /** `deterministic` (default): Math.* and ** agree bit for bit on every engine and CPU. */
  readonly math?: 'deterministic' | 'native';
  /**
   * `alike`: answers may differ between engine versions, so those of one unit are all computed by one kind of engine.
   * Default: `any`, and `alike` for `math: 'native'`.
   */
  readonly engines?: 'any' | 'alike';
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
