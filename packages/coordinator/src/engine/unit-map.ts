import type { JobId } from '@manyhands/protocol';
import type { UnitRef } from '../domain/work-unit.ts';

/** A map by unit, in order of arrival within a job. Two levels, because building a unit's name for every look-up costs more than the look-up. */
export class UnitMap<Value> {
  readonly #byJob = new Map<JobId, Map<number, Value>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(job: JobId, index: number): Value | undefined {
    return this.#byJob.get(job)?.get(index);
  }

  has(job: JobId, index: number): boolean {
    return this.#byJob.get(job)?.has(index) ?? false;
  }

  set(job: JobId, index: number, value: Value): void {
    let units = this.#byJob.get(job);
    if (units === undefined) {
      units = new Map();
      this.#byJob.set(job, units);
    }
    const before = units.size;
    units.set(index, value);
    this.#size += units.size - before;
  }

  delete(job: JobId, index: number): void {
    const units = this.#byJob.get(job);
    if (units === undefined || !units.delete(index)) return;
    this.#size--;
    if (units.size === 0) this.#byJob.delete(job);
  }

  clear(): void {
    this.#byJob.clear();
    this.#size = 0;
  }

  *values(): Generator<Value> {
    for (const units of this.#byJob.values()) yield* units.values();
  }

  *refs(): Generator<UnitRef> {
    for (const [job, units] of this.#byJob) for (const index of units.keys()) yield { job, index };
  }
}
