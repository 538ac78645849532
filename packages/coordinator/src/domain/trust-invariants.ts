/** What must hold between hosts and what rests on their word; as far as standings and tallies are at hand. */
import { type HostId, type JobId, type TaskId, unitIdOf } from '@manyhands/protocol';
import { agrees } from './comparison.ts';
import type { Snapshot, Violation } from './invariants.ts';
import type { Job } from './job.ts';
import { CONVICTIONS_BEFORE_BAN, type Standing } from './standing.ts';
import type { Tally } from './tally.ts';
import type { JudgedReplica, Replica, WorkUnit } from './work-unit.ts';

export function trustViolations(snapshot: Snapshot, jobs: ReadonlyMap<JobId, Job>): Violation[] {
  const refutations = new Refutations();
  for (const unit of snapshot.units) refutations.add(unit, jobs.get(unit.job));
  return [
    ...unfoundedBans(snapshot.standings ?? [], refutations),
    ...(snapshot.tallies === undefined ? [] : unfoundedBeliefs(snapshot.units, snapshot.tallies, jobs, refutations)),
  ];
}

const isJudged = (replica: Replica): replica is JudgedReplica => replica.kind === 'judged';

/** Answers that ground truth speaks against, but for those that came too late to be judged. */
function refutedIn(unit: WorkUnit, { verify }: Job): JudgedReplica[] {
  const judged = unit.replicas.filter(isJudged);
  if (verify.kind === 'proof') return judged.filter(({ valid }) => !valid);
  const { truth } = unit;
  return typeof truth === 'string' ? judged.filter(({ digest }) => agrees(unit, digest, truth, verify) === false) : [];
}

/** What ground truth says against each host: added up unit by unit, so that it takes as much room as there are hosts that were ever wrong. */
export class Refutations {
  readonly #ofTask = new Map<string, number>();
  readonly #lastInJob = new Map<string, number>();

  add(unit: WorkUnit, job: Job | undefined): void {
    if (job === undefined) return;
    for (const { host, returnedAt } of refutedIn(unit, job)) {
      const inJob = keyOf(job.id, host);
      this.#note(job.task, host);
      this.#lastInJob.set(inJob, Math.max(returnedAt, this.#lastInJob.get(inJob) ?? 0));
    }
    const { truth, replicas } = unit;
    for (const replica of replicas)
      if (replica.kind === 'lost' && replica.lateDigest !== undefined && typeof truth === 'string')
        if (agrees(unit, replica.lateDigest, truth, job.verify) === false) this.#note(job.task, replica.host);
  }

  #note(task: TaskId, host: HostId): void {
    const ofTask = keyOf(task, host);
    this.#ofTask.set(ofTask, (this.#ofTask.get(ofTask) ?? 0) + 1);
  }

  count(task: TaskId, host: HostId): number {
    return this.#ofTask.get(keyOf(task, host)) ?? 0;
  }

  /** When the last answer that was refuted came back; -1: none was. */
  lastAt(job: JobId, host: HostId): number {
    return this.#lastInJob.get(keyOf(job, host)) ?? -1;
  }
}

/** I20: as often as a banned host was convicted, ground truth stands on record against it. */
export function unfoundedBans(standings: readonly Standing[], refutations: Refutations): Violation[] {
  return standings
    .filter(
      ({ task, host, isBanned, convictions }) =>
        isBanned && (convictions < CONVICTIONS_BEFORE_BAN || refutations.count(task, host) < convictions),
    )
    .map(({ host }) => ({ rule: 'I20', subject: host, message: 'it is banned, and ground truth on record does not say why' }));
}

/** I19: nothing is believed on the word alone of who was convicted after giving it. Of each unit's job, all refutations must be known. */
export function unfoundedBeliefs(
  units: readonly WorkUnit[],
  tallies: readonly Tally[],
  jobs: ReadonlyMap<JobId, Job>,
  refutations: Refutations,
): Violation[] {
  const checks = new Map(tallies.map((tally) => [keyOf(tally.job, tally.host), tally.checks]));
  const wasConvicted = ({ job }: WorkUnit, { host, returnedAt }: JudgedReplica): boolean =>
    (checks.get(keyOf(job, host)) ?? 0) === 0 && refutations.lastAt(job, host) >= returnedAt;
  return units
    .filter((unit) => jobs.get(unit.job)?.verify.kind === 'confidence')
    .filter((unit) =>
      unit.state.kind === 'provisional'
        ? unit.replicas.filter(isJudged).every((replica) => !replica.valid || wasConvicted(unit, replica))
        : isFinalOnConvicted(unit, checks),
    )
    .map(({ job, index }) => ({
      rule: 'I19',
      subject: unitIdOf(job, index),
      message: 'it rests on the word alone of who was convicted since',
    }));
}

/**
 * On one host's word, then; and nobody who passed a check since says the same, nor was the referee asked. The checks that a host has passed in a job
 * only ever become fewer when it is convicted.
 */
function isFinalOnConvicted({ job, state, replicas, truth }: WorkUnit, checks: ReadonlyMap<string, number>): boolean {
  if (state.kind !== 'final' || state.grounds?.kind !== 'odds' || truth !== undefined) return false;
  const checksOf = ({ host }: JudgedReplica) => checks.get(keyOf(job, host)) ?? 0;
  const [member, ...others] = state.grounds.members;
  const believed = replicas.filter(isJudged).filter(({ valid }) => valid);
  if (others.length > 0 || member === undefined || !believed.some(({ no }) => no === member.no)) return false;
  return believed.every((vote) => checksOf(vote) < (vote.no === member.no ? member.checks : 1));
}

const keyOf = (whole: JobId | TaskId, host: HostId): string => `${whole} ${host}`;
