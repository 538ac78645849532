/** Runs the author's `check(input, output)` outside this process, in the same sandbox as volunteers'. */
import type { Digest, Payload, TaskId } from '@manyhands/protocol';

/** `broken`: the check itself failed (threw, timed out): no verdict on the host. */
export type JudgeAnswer = { readonly kind: 'valid' } | { readonly kind: 'invalid' } | { readonly kind: 'broken'; readonly message: string };

export interface Judge {
  /** Never rejects. */
  check(question: { task: TaskId; seed: string; frozenAt: number; input: Payload; output: Payload; digest: Digest }): Promise<JudgeAnswer>;
}
