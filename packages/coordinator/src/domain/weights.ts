/** The answers of a unit under `confidence`, each with the hosts that gave it and what their word is worth. */
import type { Digest } from '@manyhands/protocol';
import { isVote, type Vote } from './quorum.ts';
import type { TrustView } from './transition.ts';
import type { WorkUnit } from './work-unit.ts';

export interface Weight {
  readonly digest: Digest;
  readonly votes: readonly Vote[];
  /** Those whose host's word counts, with the checks it passed in this job. */
  readonly members: readonly { readonly no: number; readonly checks: number }[];
  /** Ground truth says the same. */
  readonly isBeyondDoubt?: boolean;
}

/** Heaviest first: by words that count, then by votes, then by digest, so that no order of arrival decides (I17). */
export function weightsOf({ replicas }: WorkUnit, trust: TrustView): Weight[] {
  const votes = replicas.filter((replica): replica is Vote => isVote(replica) && !(replica.kind === 'judged' && !replica.valid));
  const weights = [...Map.groupBy(votes, ({ digest }) => digest)].map(([digest, own]) => ({
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
