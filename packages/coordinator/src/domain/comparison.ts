/** Which answers of a unit are the same one under its policy: equal digests, or what the author's comparison said (agreement.ts). */
import type { Digest, VerifyPolicy } from '@manyhands/protocol';
import { answersOf, pairsToAsk } from './agreement.ts';
import { votesOf } from './quorum.ts';
import type { ComparedAnswer, ComparisonCall } from './unit-effect.ts';
import type { WorkUnit } from './work-unit.ts';

/** Names the answer that a result stands for, by one digest for all that agree. */
export type Naming = (answer: ComparedAnswer) => Digest;

const byDigest: Naming = ({ digest }) => digest;

export const isExact = (verify: VerifyPolicy): boolean => verify.kind !== 'quorum' || verify.agree.kind === 'exact';

export function namingOf(unit: WorkUnit, verify: VerifyPolicy): Naming {
  if (isExact(verify)) return byDigest;
  const answers = answersOf(votesOf(unit.replicas), unit.comparisons ?? []);
  return (answer) => answers.get(answer.no) ?? answer.digest;
}

/** What must be compared before a verdict; null: everything is known. */
export function comparisonNeeded(unit: WorkUnit, verify: VerifyPolicy): ComparisonCall | null {
  if (isExact(verify)) return null;
  const votes = votesOf(unit.replicas);
  const asked = pairsToAsk(votes, unit.comparisons ?? []);
  if (asked.length === 0) return null;
  const voteOf = (digest: Digest): ComparedAnswer => {
    const vote = votes.find((other) => other.digest === digest);
    if (vote === undefined) throw new Error('an answer to compare is nobody’s');
    return { no: vote.no, digest };
  };
  return { kind: 'compare', job: unit.job, index: unit.index, pairs: asked.map(([a, b]) => [voteOf(a), voteOf(b)] as const) };
}

/** Whether `digest` is the unit's canonical answer; null: that was never asked. */
export function isCanonical(unit: WorkUnit, digest: Digest, verify: VerifyPolicy): boolean | null {
  if (unit.state.kind !== 'final') return null;
  const canonical = unit.state.digest;
  if (digest === canonical) return true;
  if (isExact(verify)) return false;
  const known = unit.comparisons?.find(([a, b]) => (a === digest && b === canonical) || (a === canonical && b === digest));
  return known === undefined ? null : known[2];
}
