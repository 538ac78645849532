/** Which answers of a unit are the same one under its policy: equal digests, or what the author's comparison said (agreement.ts). */
import type { Digest, VerifyPolicy } from '@manyhands/protocol';
import { answersOf, pairsToAsk } from './agreement.ts';
import { type Vote, votesOf } from './quorum.ts';
import type { ComparedAnswer, ComparisonCall } from './unit-effect.ts';
import type { WorkUnit } from './work-unit.ts';

/** Names the answer that a result stands for, by one digest for all that agree. */
export type Naming = (answer: ComparedAnswer) => Digest;

const byDigest: Naming = ({ digest }) => digest;

export const isExact = (verify: VerifyPolicy): boolean => verify.kind === 'proof' || verify.agree.kind === 'exact';

/** Under `confidence` what was found wrong or struck stands for nothing any more. */
const standingVotes = ({ replicas }: WorkUnit, { kind }: VerifyPolicy): Vote[] =>
  votesOf(replicas).filter((vote) => kind !== 'confidence' || vote.kind === 'returned' || vote.valid);

export function namingOf(unit: WorkUnit, verify: VerifyPolicy): Naming {
  if (isExact(verify)) return byDigest;
  const answers = answersOf(standingVotes(unit, verify), unit.comparisons ?? []);
  return (answer) => answers.get(answer.no) ?? answer.digest;
}

/** What must be compared before a verdict; null: everything is known. */
export function comparisonNeeded(unit: WorkUnit, verify: VerifyPolicy): ComparisonCall | null {
  if (isExact(verify)) return null;
  const votes = standingVotes(unit, verify);
  const asked = pairsToAsk(votes, unit.comparisons ?? []);
  if (asked.length === 0) return null;
  const voteOf = (digest: Digest): ComparedAnswer => ({ no: (votes.find((vote) => vote.digest === digest) as Vote).no, digest });
  return { kind: 'compare', job: unit.job, index: unit.index, pairs: asked.map(([a, b]) => [voteOf(a), voteOf(b)] as const) };
}

/** Whether two answers of the unit, or one and the truth, are the same; null: that was never asked. */
export function agrees({ comparisons = [] }: WorkUnit, a: Digest, b: Digest, verify: VerifyPolicy): boolean | null {
  if (a === b) return true;
  if (isExact(verify)) return false;
  const known = comparisons.find(([one, other]) => (one === a && other === b) || (one === b && other === a));
  return known === undefined ? null : known[2];
}

/** Whether `digest` is the unit's canonical answer; null: that was never asked. */
export const isCanonical = (unit: WorkUnit, digest: Digest, verify: VerifyPolicy): boolean | null =>
  unit.state.kind === 'final' ? agrees(unit, digest, unit.state.digest, verify) : null;
