/**
 * The audit at the end of a job, as the engine's auditor runs it over the domain's plan: read what is believed provisionally, have some of
 * it checked, look again when that is back; when all of it suffices, make it final.
 */
import { AuditPlan, exposureOf } from '../../../../packages/coordinator/src/domain/audit-plan.ts';
import type { WorkUnit } from '../../../../packages/coordinator/src/domain/work-unit.ts';
import { ENGINE_LIMITS } from '../../../../packages/coordinator/src/engine/engine-limits.ts';
import type { Draw } from '../../world/draw.ts';
import { JOB } from './names.ts';
import type { ProductJob } from './product-job.ts';

export class EndAudit {
  readonly #job: ProductJob;
  /** Units whose audit is not back. */
  readonly #awaited = new Set<number>();
  #movedAt = 0;

  constructor(job: ProductJob) {
    this.#job = job;
  }

  /** A unit has changed: its audit may be back. */
  settled(unit: WorkUnit, now: number): void {
    if (this.#awaited.size > 0 && !isUnderAudit(unit) && this.#awaited.delete(unit.index)) this.#movedAt = now;
  }

  /** Every unit has an answer. True: and all are final. */
  advance(now: number, draw: Draw): boolean {
    const { job, counts } = { job: this.#job, counts: this.#job.counts };
    if (counts.provisional === 0) return true;
    if (this.#awaited.size > 0) {
      this.#takeOverdue(now);
    } else if (!this.#begin(now, draw)) {
      for (const { index, state } of job.units) if (state.kind === 'provisional') job.apply({ kind: 'confirm', job: JOB, index }, now);
    }
    return counts.provisional === 0;
  }

  /** What nobody took for too long the referee computes, a few at a time. */
  #takeOverdue(now: number): void {
    if (now - this.#movedAt < ENGINE_LIMITS.auditPatienceMs) return;
    for (const index of [...this.#awaited].slice(0, ENGINE_LIMITS.checksAtOnce))
      this.#job.apply({ kind: 'audit', job: JOB, index, by: 'referee' }, now);
  }

  /** False: there is nothing to be audited. */
  #begin(now: number, draw: Draw): boolean {
    const { verify, trust, units } = this.#job;
    if (verify.kind !== 'confidence') return false;
    const plan = new AuditPlan(verify, trust);
    let isSufficient = true;
    for (const unit of units) {
      const exposure = exposureOf(unit, verify, trust);
      if (exposure === null) continue;
      plan.count(exposure);
      if (isUnderAudit(unit)) this.#awaited.add(unit.index);
      else if (exposure.kind !== 'enough') isSufficient = false;
    }
    this.#movedAt = now;
    if (isSufficient) return this.#awaited.size > 0;
    const drawn = units.filter((unit) => {
      const exposure = exposureOf(unit, verify, trust);
      return exposure !== null && plan.isDrawn(exposure, draw());
    });
    for (const { index } of drawn) this.#awaited.add(index);
    for (const { index } of drawn) this.#job.apply({ kind: 'audit', job: JOB, index }, now);
    return true;
  }
}

const isUnderAudit = ({ replicas }: WorkUnit): boolean => replicas.some(({ kind }) => kind === 'ready' || kind === 'leased');
