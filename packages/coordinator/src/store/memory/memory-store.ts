/**
 * The reference model: what every other store is held against, and what simulations run on. Obvious before fast.
 * Its rows outlive `[Symbol.asyncDispose]`, as a disk outlives a process: a simulated restart reuses the object.
 */
import { type Digest, type HostId, type JobId, type LeaseRef, type Payload, type TaskId, type UnitId, unitIdOf } from '@manyhands/protocol';
import type { Author, ChangeSet, Host, InputChunk, PublishedTask } from '../../domain/change-set.ts';
import { isActive, type Job } from '../../domain/job.ts';
import { parsePayloadLine } from '../../domain/payload-line.ts';
import type { Standing } from '../../domain/standing.ts';
import type { Tally } from '../../domain/tally.ts';
import type { UnitRef, WorkUnit } from '../../domain/work-unit.ts';
import type { CommitResult, Store } from '../../ports/store.ts';
import { computedInput, computedUnitCount, missingInput } from '../job-input.ts';
import { earliestDeadline, extendUnit, isUnsettled, liveLeasesOf, readyReplicas } from '../unit-facts.ts';
import { applyChanges } from './apply-changes.ts';
import { createMemoryTables, type MemoryTables, unitsOf } from './memory-tables.ts';

export class MemoryStore implements Store {
  readonly durability = 'memory: nothing survives the process';
  readonly epoch = 1;
  readonly tables: MemoryTables = createMemoryTables();
  #aliveAt: number | null = null;

  async commit(changes: ChangeSet): Promise<CommitResult> {
    return applyChanges(this.tables, changes);
  }

  async loadUnits(refs: readonly UnitRef[]): Promise<ReadonlyMap<UnitId, WorkUnit>> {
    const found = new Map<UnitId, WorkUnit>();
    for (const ref of refs) {
      const id = unitIdOf(ref.job, ref.index);
      const unit = this.tables.units.get(id);
      if (unit !== undefined) found.set(id, unit);
    }
    return found;
  }

  async loadInputs(refs: readonly UnitRef[]): Promise<readonly Payload[]> {
    return refs.map((ref) => this.inputOf(ref));
  }

  async readyUnits(job: JobId, after: number, limit: number): Promise<readonly WorkUnit[]> {
    return unitsOf(this.tables, job)
      .filter((unit) => unit.index > after && readyReplicas(unit) > 0)
      .slice(0, limit);
  }

  async expiredUnits(now: number, limit: number): Promise<readonly UnitRef[]> {
    const deadlineOf = (unit: WorkUnit) => earliestDeadline(unit) ?? Number.POSITIVE_INFINITY;
    return [...this.tables.units.values()]
      .filter((unit) => deadlineOf(unit) <= now)
      .sort((a, b) => deadlineOf(a) - deadlineOf(b))
      .slice(0, limit)
      .map(({ job, index }) => ({ job, index }));
  }

  async unsettledUnits(job: JobId, after: number, limit: number): Promise<readonly WorkUnit[]> {
    return unitsOf(this.tables, job)
      .filter((unit) => unit.index > after && isUnsettled(unit))
      .slice(0, limit);
  }

  async provisionalUnits(job: JobId, after: number, limit: number): Promise<readonly WorkUnit[]> {
    return unitsOf(this.tables, job)
      .filter((unit) => unit.index > after && unit.state.kind === 'provisional')
      .slice(0, limit);
  }

  async disputedUnits(job: JobId, after: number, limit: number): Promise<readonly WorkUnit[]> {
    return unitsOf(this.tables, job)
      .filter((unit) => unit.index > after && unit.state.kind === 'final' && unit.truth === null)
      .slice(0, limit);
  }

  async disputedJobs(): Promise<readonly JobId[]> {
    const disputed = [...this.tables.units.values()].filter((unit) => unit.state.kind === 'final' && unit.truth === null);
    return [...new Set(disputed.map((unit) => unit.job))];
  }

  async finalUnits(job: JobId, after: number, limit: number): Promise<readonly WorkUnit[]> {
    return unitsOf(this.tables, job)
      .filter((unit) => unit.index > after && unit.state.kind === 'final' && unit.truth !== null)
      .slice(0, limit);
  }

  async loadStandings(task: TaskId): Promise<readonly Standing[]> {
    return [...this.tables.standings.values()].filter((standing) => standing.task === task);
  }

  async loadTallies(job: JobId): Promise<readonly Tally[]> {
    return [...this.tables.tallies.values()].filter((tally) => tally.job === job);
  }

  async liveLeases(host?: HostId): Promise<readonly (LeaseRef & { host: HostId; deadlineAt: number })[]> {
    return [...this.tables.units.values()].flatMap((unit) =>
      liveLeasesOf(unit)
        .filter((replica) => host === undefined || replica.host === host)
        .map((replica) => ({ job: unit.job, index: unit.index, lease: replica.lease, host: replica.host, deadlineAt: replica.deadlineAt })),
    );
  }

  async extendLeases(byMs: number, aliveAt: number): Promise<void> {
    this.#aliveAt = aliveAt;
    for (const [id, unit] of this.tables.units) {
      const leaseMs = this.tables.jobs.get(unit.job)?.leaseMs ?? 0;
      if (liveLeasesOf(unit).length > 0) this.tables.units.set(id, extendUnit(unit, { byMs, aliveAt, leaseMs }));
    }
  }

  async lastAliveAt(): Promise<number | null> {
    return this.#aliveAt;
  }

  async keepAlive(now: number): Promise<void> {
    this.#aliveAt = now;
  }

  async activeJobs(): Promise<readonly Job[]> {
    return [...this.tables.jobs.values()].filter(isActive);
  }

  async loadJob(id: JobId): Promise<Job | null> {
    return this.tables.jobs.get(id) ?? null;
  }

  async findJobByKey(author: string, key: string): Promise<Job | null> {
    return [...this.tables.jobs.values()].find((job) => job.author === author && job.key === key) ?? null;
  }

  async loadChunk(job: JobId, chunk: number): Promise<{ firstIndex: number; count: number; digest: Digest } | null> {
    const stored = this.tables.chunks.get(`${job}/${chunk}`);
    return stored === undefined ? null : { firstIndex: stored.firstIndex, count: stored.count, digest: stored.digest };
  }

  async loadTask(id: TaskId): Promise<PublishedTask | null> {
    return this.tables.tasks.get(id) ?? null;
  }

  async loadHost(id: HostId): Promise<Host | null> {
    return this.tables.hosts.get(id) ?? null;
  }

  async loadResult(ref: UnitRef, no: number): Promise<{ output: Payload } | null> {
    const body = this.tables.results.get(`${unitIdOf(ref.job, ref.index)}/${no}`)?.body;
    return body?.kind === 'ok' ? { output: body.output } : null;
  }

  async authors(): Promise<readonly Author[]> {
    return [...this.tables.authors.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  protected inputOf({ job, index }: UnitRef): Payload {
    const source = this.tables.jobs.get(job)?.inputs;
    if (source === undefined || index < 0) throw missingInput(unitIdOf(job, index));
    if (source.kind === 'stream') return this.#streamedInput(job, index);
    if (index >= (computedUnitCount(source) ?? 0)) throw missingInput(unitIdOf(job, index));
    return computedInput(source, index) as Payload;
  }

  #streamedInput(job: JobId, index: number): Payload {
    const holds = (chunk: InputChunk) => chunk.job === job && index >= chunk.firstIndex && index < chunk.firstIndex + chunk.count;
    const chunk = [...this.tables.chunks.values()].find(holds);
    const payload = parsePayloadLine(chunk?.lines.split('\n')[index - chunk.firstIndex] ?? '');
    if (payload === null) throw missingInput(unitIdOf(job, index));
    return payload;
  }
}
