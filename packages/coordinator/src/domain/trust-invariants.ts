/** What must hold between hosts and what rests on their word; as far as standings and tallies are at hand. */
import { type HostId, type JobId, unitIdOf } from '@manyhands/protocol';
import { agrees } from './comparison.ts';
import type { Snapshot, Violation } from './invariants.ts';
import type { Job } from './job.ts';
import { CONVICTIONS_BEFORE_BAN } from './standing.ts';
import type { JudgedReplica, Replica, WorkUnit } from './work-unit.ts';

export function trustViolations(snapshot: Snapshot, jobs: ReadonlyMap<JobId, Job>): Violation[] {
  const refuted = snapshot.units.flatMap((unit) => {
    const job = jobs.get(unit.job);
    return job === undefined ? [] : refutedIn(unit, job).map((replica) => ({ job, replica }));
  });
  return [...unfoundedBans(snapshot, refuted), ...unfoundedBeliefs(snapshot, jobs, refuted)];
}

type Refuted = readonly { readonly job: Job; readonly replica: JudgedReplica }[];

const isJudged = (replica: Replica): replica is JudgedReplica => replica.kind === 'judged';

/** Answers that ground truth speaks against. */
function refutedIn(unit: WorkUnit, { verify }: Job): JudgedReplica[] {
  const judged = unit.replicas.filter(isJudged);
  if (verify.kind === 'proof') return judged.filter(({ valid }) => !valid);
  const { truth } = unit;
  return typeof truth === 'string' ? judged.filter(({ digest }) => agrees(unit, digest, truth, verify) === false) : [];
}

/** I20: as often as a banned host was convicted, ground truth stands on record against it. */
function unfoundedBans({ standings = [] }: Snapshot, refuted: Refuted): Violation[] {
  return standings
    .filter(({ task, host, isBanned, convictions }) => {
      const onRecord = refuted.filter(({ job, replica }) => job.task === task && replica.host === host).length;
      return isBanned && (convictions < CONVICTIONS_BEFORE_BAN || onRecord < convictions);
    })
    .map(({ host }) => ({ rule: 'I20', subject: host, message: 'it is banned, and ground truth on record does not say why' }));
}

/** I19: nothing is believed on the word alone of who was convicted after giving it. */
function unfoundedBeliefs({ units, tallies }: Snapshot, jobs: ReadonlyMap<JobId, Job>, refuted: Refuted): Violation[] {
  if (tallies === undefined) return [];
  const checks = new Map(tallies.map((tally) => [keyOf(tally.job, tally.host), tally.checks]));
  const refutedAt = new Map<string, number>();
  for (const { job, replica } of refuted) {
    const key = keyOf(job.id, replica.host);
    refutedAt.set(key, Math.max(replica.returnedAt, refutedAt.get(key) ?? 0));
  }
  const wasConvicted = ({ job }: WorkUnit, { host, returnedAt }: JudgedReplica): boolean =>
    (checks.get(keyOf(job, host)) ?? 0) === 0 && (refutedAt.get(keyOf(job, host)) ?? -1) >= returnedAt;
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

/** On one host's word, then. The checks that it has passed in a job only ever become fewer when it is convicted. */
function isFinalOnConvicted({ job, state, replicas, truth }: WorkUnit, checks: ReadonlyMap<string, number>): boolean {
  if (state.kind !== 'final' || state.grounds?.kind !== 'odds' || typeof truth === 'string') return false;
  const [member, ...others] = state.grounds.members;
  const replica = member === undefined ? undefined : replicas[member.no];
  if (others.length > 0 || member === undefined || replica === undefined || !isJudged(replica)) return false;
  return (checks.get(keyOf(job, replica.host)) ?? 0) < member.checks;
}

const keyOf = (job: JobId, host: HostId): string => `${job} ${host}`;
