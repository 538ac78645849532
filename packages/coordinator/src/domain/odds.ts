/**
 * How likely an answer is wrong that no ground truth vouches for. The assumption is the worst one for us: among hosts whose word counts
 * a share f are liars who collude, lie on the same units with the same wrong answer, and lie as seldom or as often as pays best.
 *
 * A liar that lies on a share s of its work passes k checks with probability at most e^(−sk). So m liars who all passed their checks
 * give one unit the same wrong answer with odds at most  max over s of  s · φ^m · e^(−s·Σk)  =  φ^m / (e · Σk),  φ = f / (1 − f).
 * With m = 1 this is Sarmenta's bound for hosts that lose everything when caught (2002, credibility of a worker with blacklisting);
 * with m > 1 it is what his product formula becomes when liars choose their units together. Derivation and figures: docs/spec/verification.md.
 */
import type { Census } from './tally.ts';

/**
 * What is assumed before anything is seen: one host in twenty is a liar. It weighs as much as thirty hosts, so that a job of few hosts is checked
 * with care, and one of many soon goes by what it sees. Tuned with the simulator (bench/sabotage): less, and liars who lie seldom are noticed
 * too late to know how many they are; more, and honest hosts pay for it.
 */
const PRIOR_LIARS = 1.5;
const PRIOR_HOSTS = 30;
/** Beyond this share no vote means anything, and nothing is gained by assuming more. */
const MOST_LIARS = 0.45;

/** φ: the odds that a host whose word counts is a liar, from what the job has seen so far. */
export function liarOdds({ seen, convicted }: Census): number {
  const share = Math.min(MOST_LIARS, (convicted + PRIOR_LIARS) / (seen + PRIOR_HOSTS));
  return share / (1 - share);
}

/** The odds that `members.length` agreeing hosts are wrong together; each number is the checks one of them passed. 1 without members. */
export function wrongOdds(phi: number, members: readonly number[]): number {
  const checks = members.reduce((sum, k) => sum + k, 0);
  // Below one check the best-paying liar lies always.
  return phi ** members.length / Math.max(1, Math.E * checks);
}

/** The checks `members` hosts must have passed together for their word to be wrong in at most one of `wrongIn`. */
export const checksWanted = (phi: number, members: number, wrongIn: number): number => (phi ** members * wrongIn) / Math.E;

/** Never checked less: the share below which liars would not be noticed early. */
const LEAST_SHARE = 0.035;

/**
 * The share of answers on the word of `members` hosts that get one more replica while the job runs. A second replica checks two hosts, so half
 * the checks wanted are asked for; what is missing in the end is asked for then. From the second on each answer is a check of all who gave it:
 * either what they will have passed by the end suffices, or it never does.
 */
export function auditShare(phi: number, wrongIn: number, answersPerHost: number, members: number): number {
  const wanted = checksWanted(phi, members, wrongIn);
  if (members > 1) return wanted > members * members * answersPerHost ? 1 : 0;
  return Math.min(1, Math.max(LEAST_SHARE, wanted / (2 * Math.max(1, answersPerHost))));
}
