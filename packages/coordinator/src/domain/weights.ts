/** The answers of a unit under `confidence`, each with the hosts that gave it and what their word is worth. */
import type { Digest } from '@manyhands/protocol';
import { namingOf } from './comparison.ts';
import { isVote, type Vote } from './quorum.ts';
import type { TransitionContext, TrustView } from './transition.ts';
import type { WorkUnit } from './work-unit.ts';

export interface Weight {
  readonly digest: Digest;
  readonly votes: readonly Vote[];
  /** Those whose host's word counts, with the checks it passed in this job. */
  readonly members: readonly { readonly no: number; readonly checks: number }[];
  /** Ground truth says the same. */
  readonly isBeyondDoubt?: boolean;
}

/** What is left of these of the votes that `isKept`, as one; null: nothing. Its digest is the smallest, so that no order decides. */
export function mergeWeights(weights: readonly Weight[], isKept: (vote: Vote) => boolean): Weight | null {
  const votes = weights.flatMap((weight) => weight.votes).filter(isKept);
  const [digest] = votes.map((vote) => vote.digest).sort();
  const members = weights.flatMap((weight) => weight.members).filter(({ no }) => votes.some((vote) => vote.no === no));
  return digest === undefined ? null : { digest, votes, members };
}

/** Heaviest first: by words that count, then by votes, then by digest, so that no order of arrival decides (I17). */
export function weightsOf(unit: WorkUnit, { verify, trust }: Pick<TransitionContext, 'verify' | 'trust'>): Weight[] {
  const nameOf = namingOf(unit, verify);
  const votes = unit.replicas.filter((replica): replica is Vote => isVote(replica) && !(replica.kind === 'judged' && !replica.valid));
  const weights = [...Map.groupBy(votes, nameOf)].map(([digest, own]) => ({
    digest,
    votes: own,
    members: membersOf(own, trust),
  }));
  return weights.sort((a, b) => b.members.length - a.members.length || b.votes.length - a.votes.length || (a.digest < b.digest ? -1 : 1));
}

function membersOf(votes: readonly Vote[], trust: TrustView): Weight['members'] {
  const members: { no: number; checks: number }[] = [];
  for (const { no, host } of votes) {
    const checks = trust.checksOf(host);
    if (checks !== null) members.push({ no, checks });
  }
  return members;
}
