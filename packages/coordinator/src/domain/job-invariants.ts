/** What must hold between a job and its units. */
import type { Snapshot, Violation } from './invariants.ts';
import { type Job, type JobCounts, ZERO_COUNTS } from './job.ts';
import { isRefereed, phaseOf } from './unit-counts.ts';
import type { Replica, WorkUnit } from './work-unit.ts';

export function jobViolations(job: Job, snapshot: Snapshot): Violation[] {
  const units = snapshot.units.filter((unit) => unit.job === job.id);
  const expected = countUnits(units, snapshot.results.filter((result) => result.job === job.id && result.body.kind === 'ok').length);
  const { issued, returned, expired, errored, released, revoked, final, failed, cancelled } = job.counts;
  const inFlight = units.flatMap(({ replicas }) => replicas).filter(({ kind }) => kind === 'leased').length;
  const ended = final + failed + cancelled;
  const wrong = (Object.keys(expected) as (keyof JobCounts)[]).filter((name) => job.counts[name] !== expected[name]);
  const checks: [rule: string, holds: boolean, message: string][] = [
    ['I3', wrong.length === 0, `its counts are not those of its units: ${wrong.join(', ')}`],
    ['I5', job.nextFresh <= job.unitCount && areFirst(units, job.nextFresh), 'the units handed out are not the first ones'],
    ['I26', issued === returned + expired + errored + released + revoked + inFlight, 'leases were lost from the books'],
    [
      'I27',
      (job.state === 'done') === (ended === job.unitCount && (job.state === 'closed' || job.state === 'done')),
      'its state hides how far it is',
    ],
    ['I9', (job.endedAt !== null) === (job.state === 'done') || job.state === 'cancelled', 'the time of its end and its state differ'],
  ];
  return checks.filter(([, holds]) => !holds).map(([rule, , message]) => ({ rule, subject: job.id, message }));
}

/** Every unit below `nextFresh` has a row, and no other. */
const areFirst = (units: readonly WorkUnit[], nextFresh: number): boolean =>
  units.length === nextFresh && units.every(({ index }) => index < nextFresh);

function countUnits(units: readonly WorkUnit[], results: number): JobCounts {
  const counts: Record<keyof JobCounts, number> = { ...ZERO_COUNTS, results };
  for (const unit of units) {
    const phase = phaseOf(unit);
    if (phase !== null) counts[phase]++;
    if (isRefereed(unit)) counts.refereed++;
    for (const replica of unit.replicas) countReplica(counts, replica);
  }
  return counts;
}

function countReplica(counts: Record<keyof JobCounts, number>, replica: Replica): void {
  if (replica.kind === 'ready') return;
  counts.issued++;
  if (replica.kind === 'returned' || replica.kind === 'judged') counts.returned++;
  else if (replica.kind === 'lost') counts[replica.cause]++;
}
