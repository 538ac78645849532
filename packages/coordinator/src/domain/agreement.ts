/**
 * Which of a unit's results give the same answer, when agreement is more than equal digests. Agreement is not transitive (a is near b, b near c,
 * a not near c), so results form cliques, not chains: in a group everybody agrees with everybody. The heaviest clique is a group, then the heaviest
 * of what is left, and so on. All this looks at the set of votes only, never at the order in which they came (I17).
 */
import type { Digest } from '@manyhands/protocol';

export interface CountedVote {
  readonly no: number;
  readonly digest: Digest;
}
/** What was found out about two digests, in either order. Equal digests agree without being asked. */
export type Comparison = readonly [a: Digest, b: Digest, agree: boolean];

/** A digest with the number of its votes. */
interface Candidate {
  readonly digest: Digest;
  readonly votes: number;
}
type Agrees = (a: Digest, b: Digest) => boolean;

/** The pairs of digests that nobody has compared yet, the smaller digest first. */
export function pairsToAsk(votes: readonly CountedVote[], comparisons: readonly Comparison[]): (readonly [Digest, Digest])[] {
  const known = new Set(comparisons.flatMap(([a, b]) => [`${a} ${b}`, `${b} ${a}`]));
  const digests = candidatesOf(votes).map(({ digest }) => digest);
  return digests.flatMap((a, i) =>
    digests
      .slice(i + 1)
      .filter((b) => !known.has(`${a} ${b}`))
      .map((b) => [a, b] as const),
  );
}

/** For each replica the digest that stands for its group. Pairs that were not compared do not agree. */
export function answersOf(votes: readonly CountedVote[], comparisons: readonly Comparison[]): ReadonlyMap<number, Digest> {
  const candidates = candidatesOf(votes);
  const agrees = agreementOf(comparisons);
  const answers = new Map<Digest, Digest>();
  for (let left = candidates; left.length > 0; ) {
    const group = heaviestClique(left, agrees);
    const answer = representativeOf(group, candidates, agrees);
    for (const { digest } of group) answers.set(digest, answer);
    left = left.filter((candidate) => !group.includes(candidate));
  }
  return new Map(votes.map(({ no, digest }) => [no, answers.get(digest) as Digest]));
}

/** Smallest digest first, so that whatever follows has one order. */
function candidatesOf(votes: readonly CountedVote[]): Candidate[] {
  const byDigest = Map.groupBy(votes, ({ digest }) => digest);
  return [...byDigest].map(([digest, own]) => ({ digest, votes: own.length })).sort((a, b) => (a.digest < b.digest ? -1 : 1));
}

function agreementOf(comparisons: readonly Comparison[]): Agrees {
  const agreeing = new Set(comparisons.filter(([, , agree]) => agree).flatMap(([a, b]) => [`${a} ${b}`, `${b} ${a}`]));
  return (a, b) => a === b || agreeing.has(`${a} ${b}`);
}

/**
 * The clique with the most votes; of equals the one whose sorted digests come first. Tries every clique: a unit has at most ten replicas (I12).
 * Taking a candidate is tried before leaving it, smallest digest first, so cliques come in that order and an equal one never wins.
 */
function heaviestClique(candidates: readonly Candidate[], agrees: Agrees): readonly Candidate[] {
  const [first, ...rest] = candidates;
  if (first === undefined) return [];
  const taken = [
    first,
    ...heaviestClique(
      rest.filter(({ digest }) => agrees(first.digest, digest)),
      agrees,
    ),
  ];
  const left = heaviestClique(rest, agrees);
  return votesIn(left) > votesIn(taken) ? left : taken;
}

const votesIn = (candidates: readonly Candidate[]): number => candidates.reduce((sum, { votes }) => sum + votes, 0);

/**
 * Whom the whole group agrees with is right by the author's own measure, so any member would do; but the smallest digest could be had by trying
 * digits that do not matter until one hashes low, and so a single liar could always choose the answer within the tolerance. So: most votes, then
 * the one that most votes outside of the group agree with too (as near to a medoid as yes and no can tell), and only then the smallest digest.
 */
function representativeOf(group: readonly Candidate[], all: readonly Candidate[], agrees: Agrees): Digest {
  const support = ({ digest }: Candidate): number => votesIn(all.filter((other) => agrees(digest, other.digest)));
  // The sort is stable: of equals the smallest digest stays first.
  const ranked = [...group].sort((a, b) => b.votes - a.votes || support(b) - support(a));
  return (ranked[0] as Candidate).digest;
}
