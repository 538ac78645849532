/** Runs the author's code outside this process, in the same sandbox as volunteers': checks, comparisons, and the referee's own computing. */
import type { Digest, Payload, TaskId } from '@manyhands/protocol';

/** `broken`: the check itself failed (threw, timed out): no verdict on the host. */
export type JudgeAnswer = { readonly kind: 'valid' } | { readonly kind: 'invalid' } | { readonly kind: 'broken'; readonly message: string };

/** What the referee computed, by the digest that a volunteer's equal answer would have. `broken`: the task failed here too, or could not run. */
export type RefereeAnswer =
  | {
      readonly kind: 'computed';
      readonly digest: Digest;
      /** The answer itself, where answers may agree without being equal: to be compared with the volunteers'. Absent: digests tell. */
      readonly output?: Payload;
    }
  | { readonly kind: 'broken'; readonly message: string };

/** For each pair asked, whether the two agree. `broken`: the comparator failed. */
export type ComparisonAnswer =
  | { readonly kind: 'compared'; readonly agree: readonly boolean[] }
  | { readonly kind: 'broken'; readonly message: string };

export interface Judge {
  /** Never rejects. */
  check(question: { task: TaskId; seed: string; frozenAt: number; input: Payload; output: Payload; digest: Digest }): Promise<JudgeAnswer>;
  /** Runs the task itself on the unit's input, as a volunteer would: same seed, same frozen time. Never rejects. */
  compute(question: { task: TaskId; seed: string; frozenAt: number; input: Payload }): Promise<RefereeAnswer>;
  /** Never rejects. */
  compare(question: {
    task: TaskId;
    seed: string;
    frozenAt: number;
    pairs: readonly (readonly [Payload, Payload])[];
  }): Promise<ComparisonAnswer>;
}
