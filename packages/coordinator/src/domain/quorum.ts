/**
 * Agreement by digest. A vote is a result that came back in time; an account has one, whatever it sends (I16).
 * Both functions look at the set of votes only, never at the order in which they came (I17).
 */
import type { Digest } from '@manyhands/protocol';
import type { Replica } from './work-unit.ts';

export type Vote = Extract<Replica, { kind: 'returned' | 'judged' }>;

export const isVote = (replica: Replica): replica is Vote => replica.kind === 'returned' || replica.kind === 'judged';

/** The vote of each account: that of its first replica. */
export function votesOf(replicas: readonly Replica[]): Vote[] {
  const votes: Vote[] = [];
  for (const replica of replicas) if (isVote(replica) && !votes.some((vote) => vote.account === replica.account)) votes.push(replica);
  return votes;
}

/** Names an answer by one digest for all that agree (comparison.ts); here, where only equal ones do. */
const byDigest = ({ digest }: Pick<Vote, 'no' | 'digest'>): Digest => digest;

const agreeing = (votes: readonly Pick<Vote, 'digest'>[], digest: Digest): number =>
  votes.reduce((n, vote) => (vote.digest === digest ? n + 1 : n), 0);

/** The answer most accounts agree on, and how many they are; of equals the smaller digest, so that no order decides. null: no votes. */
export function strongestAgreement(
  replicas: readonly Replica[],
  nameOf = byDigest,
): { readonly digest: Digest; readonly votes: number } | null {
  const votes = votesOf(replicas).map((vote) => ({ digest: nameOf(vote) }));
  let best: { digest: Digest; votes: number } | null = null;
  for (const { digest } of votes) {
    const candidate = { digest, votes: agreeing(votes, digest) };
    if (best === null || candidate.votes > best.votes || (candidate.votes === best.votes && digest < best.digest)) best = candidate;
  }
  return best;
}

/** The answer that `k` accounts agree on; null: not yet. */
export function quorumVerdict(replicas: readonly Replica[], k: number, nameOf = byDigest): Digest | null {
  const strongest = strongestAgreement(replicas, nameOf);
  return strongest !== null && strongest.votes >= k ? strongest.digest : null;
}
