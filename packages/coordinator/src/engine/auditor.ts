/**
 * The audit at the end of a job under `confidence`. Once nothing is left but provisional answers, it finds those whose odds do not suffice, has
 * some of them checked by one more host (audit-plan.ts), and looks again when these are back; when all suffice, all become final.
 *
 *   quiet ── every open unit has an answer ──▶ reading ── some do not suffice ──▶ auditing ── all are back ──▶ reading
 *                                              reading ── all suffice ──────────▶ confirming ──▶ the job is done
 *
 * Nothing of it is stored: a restart reads again. What nobody takes, because no second account is here, the referee computes.
 */
import type { JobId } from '@manyhands/protocol';
import { AuditPlan, exposureOf } from '../domain/audit-plan.ts';
import type { Job } from '../domain/job.ts';
import type { TrustView } from '../domain/transition.ts';
import { type HostBook, viewTrust } from '../domain/trust-view.ts';
import type { UnitRef, WorkUnit } from '../domain/work-unit.ts';
import type { Clock } from '../ports/clock.ts';
import type { Entropy } from '../ports/entropy.ts';
import type { Store } from '../ports/store.ts';
import { applyToEach } from './ask.ts';
import type { Books } from './books.ts';
import type { CommitQueue } from './commit-queue.ts';
import type { EngineLimits } from './engine-limits.ts';
import { eachPage } from './pages.ts';

export interface AuditorPorts {
  readonly queue: Pick<CommitQueue, 'propose'>;
  readonly store: Pick<Store, 'provisionalUnits'>;
  readonly books: Books;
  readonly clock: Pick<Clock, 'now'>;
  readonly entropy: Pick<Entropy, 'random'>;
  readonly limits: Pick<EngineLimits, 'pageUnits' | 'auditPatienceMs' | 'checksAtOnce'>;
  onBroken(error: unknown): void;
}

type Confident = Job & { readonly verify: Extract<Job['verify'], { kind: 'confidence' }> };

/** The audits that are out in a job, and when one last came back. */
interface Awaited {
  readonly indexes: Set<number>;
  movedAt: number;
}

export class Auditor {
  readonly #ports: AuditorPorts;
  readonly #underWay = new Set<JobId>();
  readonly #awaited = new Map<JobId, Awaited>();
  #isStopped = false;

  constructor(ports: AuditorPorts) {
    this.#ports = ports;
  }

  /** After every commit that changed the job. */
  jobChanged(job: Job): void {
    if (job.endedAt !== null) this.#awaited.delete(job.id);
    if (this.#isStopped || this.#underWay.has(job.id) || (this.#awaited.get(job.id)?.indexes.size ?? 0) > 0 || !isAuditable(job)) return;
    this.#start(job.id, () => this.#audit(job));
  }

  /** A unit was committed: its audit may be back. */
  settled(unit: WorkUnit): void {
    const awaited = this.#awaited.get(unit.job);
    if (awaited === undefined || isUnderAudit(unit) || !awaited.indexes.delete(unit.index)) return;
    // The referee's own answers are no sign that volunteers take them again.
    if (unit.truth === undefined) awaited.movedAt = this.#ports.clock.now();
  }

  /** Now and then: what nobody took for too long the referee computes, a few at a time. */
  tick(): void {
    const { clock, limits } = this.#ports;
    for (const [job, awaited] of this.#awaited) {
      if (clock.now() - awaited.movedAt < limits.auditPatienceMs || this.#underWay.has(job)) continue;
      if (awaited.indexes.size === 0) this.#readAgain(job, awaited);
      else this.#start(job, () => this.#giveToReferee(job, awaited));
    }
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** What came back while it was read, or was drawn and found under way, went by unseen. */
  #readAgain(id: JobId, awaited: Awaited): void {
    awaited.movedAt = this.#ports.clock.now();
    const job = this.#ports.books.job(id);
    if (job !== undefined) this.jobChanged(job);
  }

  /** Those among them that are over, or that somebody has taken, are not awaited on this account: the next reading finds what is left. */
  async #giveToReferee(job: JobId, { indexes }: Awaited): Promise<void> {
    const overdue = [...indexes].slice(0, this.#ports.limits.checksAtOnce);
    await this.#apply(
      overdue.map((index) => ({ job, index })),
      { kind: 'audit', by: 'referee' },
    );
    for (const index of overdue) indexes.delete(index);
  }

  #start(job: JobId, work: () => Promise<void>): void {
    this.#underWay.add(job);
    work()
      .catch(this.#ports.onBroken)
      .finally(() => this.#finish(job));
  }

  /** What changed meanwhile went by unseen. */
  #finish(id: JobId): void {
    this.#underWay.delete(id);
    const job = this.#ports.books.job(id);
    if (job !== undefined && !this.#awaited.has(id)) this.jobChanged(job);
  }

  async #audit(job: Confident): Promise<void> {
    const trust = viewTrust(job, job.counts, this.#bookOf(job));
    const plan = new AuditPlan(job.verify, trust);
    const awaited = { indexes: new Set<number>(), movedAt: this.#ports.clock.now() };
    let isSufficient = true;
    for await (const page of this.#pages(job.id))
      for (const unit of page) {
        const exposure = exposureOf(unit, job.verify, trust);
        if (exposure === null) continue;
        plan.count(exposure);
        if (isUnderAudit(unit)) awaited.indexes.add(unit.index);
        else if (exposure.kind !== 'enough') isSufficient = false;
      }
    this.#awaited.set(job.id, awaited);
    if (!isSufficient) await this.#draw(job, trust, plan, awaited);
    else if (awaited.indexes.size === 0) for await (const page of this.#pages(job.id)) await this.#apply(page, { kind: 'confirm' });
  }

  async #draw(job: Confident, trust: TrustView, plan: AuditPlan, awaited: Awaited): Promise<void> {
    for await (const page of this.#pages(job.id)) {
      const drawn = page.filter((unit) => {
        const exposure = exposureOf(unit, job.verify, trust);
        return exposure !== null && plan.isDrawn(exposure, this.#ports.entropy.random());
      });
      for (const { index } of drawn) awaited.indexes.add(index);
      await this.#apply(drawn, { kind: 'audit' });
    }
  }

  /** Refused: the coordinator is stopping, and its next start reads again. */
  async #apply(units: readonly UnitRef[], command: { kind: 'audit'; by?: 'referee' } | { kind: 'confirm' }): Promise<void> {
    if (this.#isStopped) return;
    await applyToEach(this.#ports.queue, units, (draft, { job, index }) => draft.apply({ ...command, job, index }));
  }

  #pages(job: JobId): AsyncGenerator<readonly WorkUnit[]> {
    const { store, limits } = this.#ports;
    const read = (after: number, limit: number) => store.provisionalUnits(job, after, limit);
    return eachPage(read, limits.pageUnits, () => this.#isStopped);
  }

  #bookOf({ id, task }: Job): HostBook {
    const { hosts } = this.#ports.books;
    return { census: hosts.census(id), standingOf: (host) => hosts.standing(task, host), tallyOf: (host) => hosts.tally(id, host) };
  }
}

const isUnderAudit = ({ replicas }: WorkUnit): boolean => replicas.some(({ kind }) => kind === 'ready' || kind === 'leased');

/** All its inputs are known, and every unit that has not ended has an answer. */
function isAuditable(job: Job): job is Confident {
  const { provisional, final, failed, cancelled } = job.counts;
  if (job.verify.kind !== 'confidence' || job.state !== 'closed' || provisional === 0) return false;
  return provisional + final + failed + cancelled === job.unitCount;
}
