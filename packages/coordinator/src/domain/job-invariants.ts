/** What must hold between a job and its units. */
import { unitIdOf } from '@manyhands/protocol';
import type { StoredResult } from './change-set.ts';
import type { Snapshot, Violation } from './invariants.ts';
import { type Job, type JobCounts, ZERO_COUNTS } from './job.ts';
import { isRefereed, phaseOf } from './unit-counts.ts';
import type { Replica, WorkUnit } from './work-unit.ts';

/** What a job's units come to, added up unit by unit in whatever order. */
export class JobSum {
  readonly counts: Record<keyof JobCounts, number> = { ...ZERO_COUNTS };
  inFlight = 0;
  /** Units with a row, and the highest index of one; -1: none. */
  rows = 0;
  highest = -1;

  add(unit: WorkUnit, results: readonly Pick<StoredResult, 'body'>[]): void {
    this.rows++;
    this.highest = Math.max(this.highest, unit.index);
    this.counts.results += results.filter(({ body }) => body.kind === 'ok').length;
    const phase = phaseOf(unit);
    if (phase !== null) this.counts[phase]++;
    if (isRefereed(unit)) this.counts.refereed++;
    this.counts.retracted += unit.retractions?.length ?? 0;
    for (const replica of unit.replicas) {
      countReplica(this.counts, replica);
      if (replica.kind === 'leased') this.inFlight++;
    }
  }
}

export function jobViolations(job: Job, snapshot: Snapshot): Violation[] {
  const sum = new JobSum();
  const results = Map.groupBy(snapshot.results, (result) => unitIdOf(result.job, result.index));
  for (const unit of snapshot.units.filter((unit) => unit.job === job.id)) sum.add(unit, results.get(unitIdOf(unit.job, unit.index)) ?? []);
  return jobSumViolations(job, sum);
}

export function jobSumViolations(job: Job, { counts, inFlight, rows, highest }: JobSum): Violation[] {
  const { issued, returned, expired, errored, released, revoked, final, failed, cancelled } = job.counts;
  const ended = final + failed + cancelled;
  const wrong = (Object.keys(counts) as (keyof JobCounts)[]).filter((name) => job.counts[name] !== counts[name]);
  const checks: [rule: string, holds: boolean, message: string][] = [
    ['I3', wrong.length === 0, `its counts are not those of its units: ${wrong.join(', ')}`],
    // As many units as were handed out have a row: those below `nextFresh` and no other, but for a secret order.
    [
      'I5',
      job.nextFresh <= job.unitCount && rows === job.nextFresh && highest < (job.order?.to ?? job.nextFresh),
      'the units handed out are not the first ones',
    ],
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

function countReplica(counts: Record<keyof JobCounts, number>, replica: Replica): void {
  if (replica.kind === 'ready') return;
  counts.issued++;
  if (replica.kind === 'returned' || replica.kind === 'judged') counts.returned++;
  else if (replica.kind === 'lost') counts[replica.cause]++;
}
