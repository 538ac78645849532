/**
 * Holds the books against the invariants, against what they said before, and against what was promised to those outside. A glance reads the books
 * alone; a thorough one, after every crash and at the end, also looks up everything that was ever acknowledged.
 */
import { type LeaseId, type UnitId, unitIdOf } from '@manyhands/protocol';
import { historyViolations } from '../../packages/coordinator/src/domain/history-invariants.ts';
import { findViolations } from '../../packages/coordinator/src/domain/invariants.ts';
import type { LeasedReplica, WorkUnit } from '../../packages/coordinator/src/domain/work-unit.ts';
import { hasEnded, isCanary } from '../../packages/coordinator/src/domain/work-unit.ts';
import type { ReadStore } from '../../packages/coordinator/src/ports/read-store.ts';
import type { Store } from '../../packages/coordinator/src/ports/store.ts';
import type { Configuration } from './configuration.ts';
import type { GroundTruth } from './ground-truth.ts';
import { lastingViolations } from './lasting-promises.ts';
import type { Books, SimulatedDisk } from './simulated-disk.ts';
import type { SimulatedWorker } from './simulated-worker.ts';
import type { Witness } from './witness.ts';
import { wrongBeliefs } from './wrong-beliefs.ts';

export interface InspectionPorts {
  readonly configuration: Configuration;
  readonly disk: SimulatedDisk;
  readonly witness: Witness;
  readonly truth: GroundTruth;
  readonly bounds: { readonly maxReplicas: number; readonly maxErrors: number };
}

/** What the moment allows to ask. */
export interface Moment {
  /** Live leases may be compared with what these hosts hold. */
  readonly workers: readonly SimulatedWorker[];
  /** A lease of an earlier deadline was overlooked (I30); null: the coordinator had no time to look yet. */
  readonly overdueAt: number | null;
  /** What the coordinator's clock shows; null: it is down. */
  readonly now: number | null;
}

export class Inspection {
  readonly #ports: InspectionPorts;
  #before: ReadonlyMap<UnitId, WorkUnit> = new Map();

  constructor(ports: InspectionPorts) {
    this.#ports = ports;
  }

  /** What the books said when they were last looked at; for `goBack`. */
  get seen(): ReadonlyMap<UnitId, WorkUnit> {
    return this.#before;
  }

  /** A backup was restored, of when `seen` was the last that was seen. */
  goBack(seen: ReadonlyMap<UnitId, WorkUnit>): void {
    this.#before = seen;
  }

  /** Rows that a glance reads. */
  get size(): number {
    return this.#before.size;
  }

  /** A unit as it was when last looked at, or those of a job that had not ended; none: it is neither. */
  describe(subject: string): string[] {
    const unit = this.#before.get(subject as UnitId);
    const units = unit === undefined ? [...this.#before.values()].filter((other) => other.job === subject && !hasEnded(other)) : [unit];
    return units.slice(0, 5).map((other) => JSON.stringify(other));
  }

  async glance(moment: Moment, isThorough = false): Promise<Books> {
    const { disk, witness, bounds } = this.#ports;
    const books = await disk.read(isThorough);
    witness.violations.push(...findViolations({ ...books, ...bounds }));
    this.#compareWithBefore(books, isThorough);
    this.#compareLeases(books, moment);
    return books;
  }

  async thorough(moment: Moment, store: Store & ReadStore): Promise<Books> {
    const { configuration, witness, truth } = this.#ports;
    const books = await this.glance(moment, true);
    witness.violations.push(...(await lastingViolations(books, store, witness)), ...wrongBeliefs(books, configuration, truth));
    return books;
  }

  /** A new life may count from another time than the one before did, so right after a restart deadlines cannot be compared. */
  #compareWithBefore({ units }: Books, isNewLife: boolean): void {
    const { witness } = this.#ports;
    const now = new Map(units.map((unit) => [unitIdOf(unit.job, unit.index), unit]));
    for (const [id, before] of this.#before) {
      const after = now.get(id);
      if (after === undefined) witness.accuse('I5', id, 'it is gone');
      else if (after !== before)
        witness.violations.push(
          ...historyViolations(withoutGone(before, after), after),
          ...(isNewLife ? [] : nearerDeadlines(id, before, after)),
        );
    }
    for (const [id, unit] of now) for (const lease of newlyExpired(this.#before.get(id), unit)) witness.expired(lease);
    this.#before = now;
  }

  #compareLeases({ units, jobs }: Books, { workers, overdueAt, now }: Moment): void {
    const { witness, configuration } = this.#ports;
    const live = units.flatMap((unit) =>
      (unit.replicas.filter((replica) => isLive(unit, replica)) as LeasedReplica[]).map((replica) => ({ ...replica, job: unit.job })),
    );
    const byHost = Map.groupBy(live, ({ host }) => host);
    for (const worker of workers) {
      const held = worker.settledLeases;
      if (held === null) continue;
      const known = (byHost.get(worker.host) ?? []).map(({ lease }) => lease);
      if (known.length > (configuration.limits.quotaPerHost ?? Number.POSITIVE_INFINITY))
        witness.accuse('I13', worker.host, `it holds ${known.length} leases`);
      const difference = [...new Set(held).symmetricDifference(new Set(known))];
      if (difference.length > 0) witness.accuse('I31', worker.host, `it and the coordinator disagree about ${difference.join(', ')}`);
    }
    const leaseMs = new Map(jobs.map((job) => [job.id, job.leaseMs]));
    if (now !== null) for (const { job, lease, deadlineAt } of live) witness.left(lease, deadlineAt - now, leaseMs.get(job) ?? 0);
    if (overdueAt === null) return;
    for (const { lease, deadlineAt } of live)
      if (deadlineAt < overdueAt) witness.accuse('I30', lease, 'it has expired, and nobody noticed');
  }
}

/** Between two glances what was ready may have come to nothing: an answer was believed for a while, and nobody was needed. */
const withoutGone = (before: WorkUnit, after: WorkUnit): WorkUnit => ({
  ...before,
  replicas: before.replicas.filter(({ kind, no }) => kind !== 'ready' || no < after.replicas.length),
});

const isLive = (unit: WorkUnit, replica: WorkUnit['replicas'][number]): boolean =>
  replica.kind === 'leased' && (!hasEnded(unit) || isCanary(unit, replica));

const newlyExpired = (before: WorkUnit | undefined, after: WorkUnit): LeaseId[] =>
  after.replicas.flatMap((replica, at) => {
    const was = before?.replicas[at];
    const isExpired = replica.kind === 'lost' && replica.cause === 'expired';
    return isExpired && was?.kind !== 'lost' ? [replica.lease] : [];
  });

/** I35: no clock brings a deadline nearer. */
const nearerDeadlines = (id: string, before: WorkUnit, after: WorkUnit) =>
  after.replicas.flatMap((replica, at) => {
    const was = before.replicas[at];
    return replica.kind === 'leased' && was?.kind === 'leased' && replica.deadlineAt < was.deadlineAt
      ? [{ rule: 'I35', subject: id, message: 'a deadline was brought nearer' }]
      : [];
  });
