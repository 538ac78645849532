/** What must hold of one unit, whatever happened to it. */
import { unitIdOf } from '@manyhands/protocol';
import { agrees, isCanonical, isExact, namingOf } from './comparison.ts';
import type { Snapshot, Violation } from './invariants.ts';
import type { Job } from './job.ts';
import { wrongOdds } from './odds.ts';
import { isVote, type Vote } from './quorum.ts';
import { resultsWanted } from './replication.ts';
import { hasEnded, isCanary, type Replica, type WorkUnit } from './work-unit.ts';

/** Of a job, what decides whether its units are in order. */
export type JudgedJob = Pick<Job, 'verify' | 'state' | 'endedAt'>;

export function unitViolations(unit: WorkUnit, job: JudgedJob, bounds: Pick<Snapshot, 'maxReplicas' | 'maxErrors'>): Violation[] {
  const subject = unitIdOf(unit.job, unit.index);
  const checks: [rule: string, holds: boolean, message: string][] = [
    ['I8', validAgree(unit, job), 'a valid result differs from the canonical one'],
    ['I10', unit.replicas.every((replica, at) => replica.no === at), 'its replicas are not numbered in order'],
    ['I11', holdersAreDistinct(unit, job), 'one host or account had two replicas of it'],
    ['I12', unit.replicas.length <= bounds.maxReplicas, `it has more than ${bounds.maxReplicas} replicas`],
    ['I12', hasFewErrors(unit, bounds), `it has more than ${bounds.maxErrors + 1} errors`],
    ['I15', isJustified(unit, job), 'it is final without the results that its policy asks for'],
    ['I28', isCaredFor(unit), 'it is open and nobody will ever work on it'],
    ['I36', job.state !== 'cancelled' || job.endedAt === null || hasEnded(unit), 'it is open in a job that was cancelled'],
    ['I37', !hasEnded(unit) || unit.replicas.every(({ kind }) => kind !== 'ready'), 'it has ended and a replica is still ready'],
    ['I37', unit.state.kind === 'final' || !hasEnded(unit) || !has(unit, 'leased'), 'it has ended without an answer and is still leased'],
  ];
  return checks.filter(([, holds]) => !holds).map(([rule, , message]) => ({ rule, subject, message }));
}

const has = (unit: WorkUnit, kind: Replica['kind']): boolean => unit.replicas.some((replica) => replica.kind === kind);

/** Errors of canaries are not the unit's; and one that the referee could compute waits for its answer as long as it may have replicas. */
function hasFewErrors(unit: WorkUnit, { maxErrors }: Pick<Snapshot, 'maxErrors'>): boolean {
  const errors = unit.replicas.filter((replica) => replica.kind === 'lost' && replica.cause === 'errored' && !isCanary(unit, replica));
  return typeof unit.truth === 'string' || errors.length <= maxErrors + 1;
}

const validVotes = ({ replicas }: WorkUnit): Vote[] => replicas.filter(isVote).filter((vote) => vote.kind === 'judged' && vote.valid);

function validAgree(unit: WorkUnit, { verify }: JudgedJob): boolean {
  const { state } = unit;
  if (!isExact(verify)) {
    if (state.kind !== 'final') return true;
    const nameOf = namingOf(unit, verify);
    return validVotes(unit).every((vote) => nameOf(vote) === state.digest || isCanonical(unit, vote.digest, verify) === true);
  }
  const digests = new Set(validVotes(unit).map(({ digest }) => digest));
  if (state.kind === 'final' || state.kind === 'provisional') return digests.size === 1 && digests.has(state.digest);
  // A vote once believed stands while its unit is open again, or ended for another reason; it never stands against another.
  return digests.size <= 1;
}

function isJustified(unit: WorkUnit, job: JudgedJob): boolean {
  if (unit.state.kind !== 'final') return true;
  const { digest, grounds } = unit.state;
  if (job.verify.kind !== 'confidence') return new Set(validVotes(unit).map(({ account }) => account)).size >= resultsWanted(job.verify);
  if (grounds?.kind === 'referee') return typeof unit.truth === 'string' && agrees(unit, unit.truth, digest, job.verify) === true;
  if (grounds === undefined) return false;
  const votes = validVotes(unit);
  const odds = wrongOdds(
    grounds.phi,
    grounds.members.map(({ checks }) => checks),
  );
  return odds * job.verify.wrongIn <= 1 && grounds.members.every(({ no }) => votes.some((vote) => vote.no === no));
}

/** Where one answer decides, what was given back or expired does not count (eligibility.ts). */
function holdersAreDistinct(unit: WorkUnit, job: JudgedJob): boolean {
  const forgives = resultsWanted(job.verify) === 1;
  const holders = unit.replicas.filter((replica) => replica.kind !== 'ready');
  const binding = holders.filter(
    (replica) => !(forgives && replica.kind === 'lost' && (replica.cause === 'expired' || replica.cause === 'released')),
  );
  const areDistinct = (ids: string[]) => new Set(ids).size === ids.length;
  return areDistinct(binding.map(({ host }) => host)) && areDistinct(binding.map(({ account }) => account));
}

function isCaredFor(unit: WorkUnit): boolean {
  if (unit.state.kind === 'verifying') return has(unit, 'returned') || unit.truth === null;
  return unit.state.kind !== 'open' || has(unit, 'ready') || has(unit, 'leased');
}
