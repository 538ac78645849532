/** Who may be given a replica of a unit. Once ineligible, always ineligible, until a replica of the unit is lost. */
import type { AccountId, HostId, VerifyPolicy } from '@manyhands/protocol';
import { isVote } from './quorum.ts';
import { resultsWanted } from './replication.ts';
import type { Replica, WorkUnit } from './work-unit.ts';

export interface Candidate {
  readonly host: HostId;
  readonly account: AccountId;
  /** Its engine class, where answers are compared within one class only. */
  readonly engine?: string;
}

/** Somebody's answer stands. */
const hasVote = ({ replicas }: WorkUnit): boolean =>
  replicas.some((replica) => isVote(replica) && (replica.kind === 'returned' || replica.valid));

/** The holder said nothing about the unit before the lease ended. */
const wasUnanswered = (replica: Replica): boolean =>
  replica.kind === 'lost' && (replica.cause === 'expired' || replica.cause === 'released');

/**
 * I11: never two replicas of a unit to one account or one host, over the unit's whole life, so that nobody votes twice.
 * I29: where one answer decides there is no vote to repeat, and one honest host must be enough. So there a host may be given
 * again what it gave back or let expire; a replica that it answered or failed stays the last. But not once somebody has answered:
 * what it would be given then is a check, and nobody chooses whom to check.
 * Answers of one engine class cannot be compared with those of another: the first to have the unit decides its class.
 */
export function isEligible(unit: WorkUnit, candidate: Candidate, verify: VerifyPolicy): boolean {
  const forgives = resultsWanted(verify) === 1 && !hasVote(unit);
  for (const replica of unit.replicas) {
    if (replica.kind === 'ready') continue;
    const isSame = replica.account === candidate.account || replica.host === candidate.host;
    if (isSame && !(forgives && wasUnanswered(replica))) return false;
    if (replica.kind !== 'lost' && replica.engine !== candidate.engine) return false;
  }
  return true;
}
