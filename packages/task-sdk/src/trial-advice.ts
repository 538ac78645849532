/** What an author should do about answers that differ, in words. */
import type { TaskManifest, VerifyPolicy } from '@manyhands/protocol';

export interface Comparison {
  /** Both runs gave the same text. */
  readonly deterministic: boolean;
  /** They agree as the task's policy says; null: nobody will compare them. */
  readonly agrees: boolean | null;
}

const TOLERATE =
  'If answers may differ a little, say how much in the policy: `agree: within({ rel: 1e-9 })`, or your own `agree: (a, b) => …`.';
const ACCIDENTS = 'Look for state that outlives a run, or for object keys in an order that depends on it.';

/** null: nothing needs to be done. */
export function adviceOn({ verify, math, engines }: TaskManifest, { deterministic, agrees }: Comparison): string | null {
  if (agrees === false) return disagreement(verify, deterministic);
  if (math === 'native' && engines !== 'alike' && isExact(verify)) {
    return `Native arithmetic differs in its last digits between engine versions, so answers that agree here may differ there. Leave out \`engines: 'any'\`. ${TOLERATE}`;
  }
  return null;
}

const isExact = (verify: VerifyPolicy): boolean => verify.kind !== 'proof' && verify.agree.kind === 'exact';

function disagreement(verify: VerifyPolicy, deterministic: boolean): string {
  if (isExact(verify)) return `The second run gave another answer, so volunteers' answers would not agree. ${ACCIDENTS} ${TOLERATE}`;
  if (deterministic) {
    return "The task's own `agree` says that an answer does not agree with itself. Correct it; and let the output's schema take what it gave before: `agree` gets answers that were read with it once more.";
  }
  return `The second run gave another answer, and the two do not agree even as the task's policy says. ${ACCIDENTS} Or be more tolerant in \`agree\`.`;
}
