/**
 * What must always be true of the books, as pure functions over a snapshot of them. The same code runs after each step of a simulation,
 * after kill −9 and as `manyhands fsck`. Numbers as in docs/invariants.md; what only traffic shows (I1, I41 …) is tested elsewhere.
 */
import { type JobId, unitIdOf } from '@manyhands/protocol';
import { booksViolations } from './books-invariants.ts';
import type { Ending, Posting, StoredResult } from './change-set.ts';
import type { Job } from './job.ts';
import { jobViolations } from './job-invariants.ts';
import type { Standing } from './standing.ts';
import type { Tally } from './tally.ts';
import { trustViolations } from './trust-invariants.ts';
import { evidenceViolations } from './verdict-recount.ts';
import type { WorkUnit } from './work-unit.ts';

export interface Snapshot {
  readonly jobs: readonly Job[];
  readonly units: readonly WorkUnit[];
  readonly results: readonly StoredResult[];
  readonly endings: readonly Ending[];
  readonly postings: readonly Posting[];
  /** Absent: what rests on hosts (I19, I20) is not looked at. */
  readonly standings?: readonly Standing[];
  readonly tallies?: readonly Tally[];
  readonly maxReplicas: number;
  readonly maxErrors: number;
}

export interface Violation {
  /** `I8` and so on. */
  readonly rule: string;
  /** The unit, job or host it is about. */
  readonly subject: string;
  readonly message: string;
}

/** `fsck/check-books.ts` asks the same of books that are too large to be held at once; what is added here is added there. */
export function findViolations(snapshot: Snapshot): Violation[] {
  const jobs = new Map(snapshot.jobs.map((job) => [job.id, job]));
  return [
    ...unitsViolations(snapshot, jobs),
    ...reusedLeases(snapshot.units),
    ...trustViolations(snapshot, jobs),
    ...snapshot.jobs.flatMap((job) => jobViolations(job, snapshot)),
  ];
}

/** What must hold of each unit and of the rows about it. Each stands by itself: it may be asked of any part of the units, with all their rows. */
export function unitsViolations(snapshot: Snapshot, jobs: ReadonlyMap<JobId, Job>): Violation[] {
  const results = Map.groupBy(snapshot.results, ({ job, index }) => unitIdOf(job, index));
  const orphans = snapshot.units.filter((unit) => !jobs.has(unit.job));
  return [
    ...orphans.map((unit) => ({ rule: 'I28', subject: unitIdOf(unit.job, unit.index), message: 'its job does not exist' })),
    ...snapshot.units.flatMap((unit) => {
      const job = jobs.get(unit.job);
      return job === undefined ? [] : evidenceViolations(unit, results.get(unitIdOf(unit.job, unit.index)) ?? [], job, snapshot);
    }),
    ...booksViolations(snapshot, jobs),
  ];
}

/** I10: a lease id names one replica, for ever. */
function reusedLeases(units: readonly WorkUnit[]): Violation[] {
  const seen = new Set<string>();
  const found: Violation[] = [];
  for (const unit of units)
    for (const replica of unit.replicas) {
      if (replica.kind === 'ready') continue;
      if (seen.has(replica.lease))
        found.push({ rule: 'I10', subject: unitIdOf(unit.job, unit.index), message: `lease ${replica.lease} was given twice` });
      seen.add(replica.lease);
    }
  return found;
}
