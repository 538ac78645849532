/**
 * What the engine's WaitingUnits does when hosts are idle and nothing moves: the referee computes some of the units that newcomers answered
 * and nobody can judge.
 */
import type { WorkUnit } from '../../../../packages/coordinator/src/domain/work-unit.ts';
import { ENGINE_LIMITS } from '../../../../packages/coordinator/src/engine/engine-limits.ts';
import { JOB } from './names.ts';
import type { ProductJob } from './product-job.ts';

export class Standstill {
  readonly #job: ProductJob;
  /** Open units with answers and a replica that nobody has taken. */
  readonly #waiting = new Set<number>();
  #movedAt = 0;

  constructor(job: ProductJob) {
    this.#job = job;
  }

  settled({ index, state, replicas }: WorkUnit): void {
    const isWaiting = state.kind === 'open' && replicas.at(-1)?.kind === 'ready' && replicas.some(({ kind }) => kind === 'returned');
    if (isWaiting) this.#waiting.add(index);
    else this.#waiting.delete(index);
  }

  /** A host was given something. */
  moved(now: number): void {
    this.#movedAt = now;
  }

  /** A host asked in vain. */
  idle(now: number): void {
    if (this.#job.verify.kind !== 'confidence' || this.#waiting.size === 0 || now - this.#movedAt < ENGINE_LIMITS.auditPatienceMs) return;
    this.#movedAt = now;
    const waiting = [...this.#waiting].sort((a, b) => a - b).slice(0, ENGINE_LIMITS.checksAtOnce);
    for (const index of waiting) this.#job.apply({ kind: 'audit', job: JOB, index, by: 'referee' }, now);
  }
}
