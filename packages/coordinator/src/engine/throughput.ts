/** How many units were answered for good or for now, lately: in all over the last ten minutes, per job over the last minute. */
import type { JobId } from '@manyhands/protocol';

/** Counts per step of time, for the last `steps` steps. */
class Ring {
  readonly #stepMs: number;
  readonly #counts: number[];
  /** The number of the newest step. */
  #newest: number;

  constructor(stepMs: number, steps: number, now: number) {
    this.#stepMs = stepMs;
    this.#counts = new Array<number>(steps).fill(0);
    this.#newest = Math.floor(now / stepMs);
  }

  add(count: number, now: number): void {
    this.#turnTo(now);
    this.#counts[this.#newest % this.#counts.length] = (this.#counts[this.#newest % this.#counts.length] ?? 0) + count;
  }

  /** Oldest step first. */
  series(now: number): number[] {
    this.#turnTo(now);
    const { length } = this.#counts;
    return this.#counts.map((_, i) => this.#counts[(this.#newest + 1 + i) % length] as number);
  }

  sum(now: number): number {
    this.#turnTo(now);
    return this.#counts.reduce((a, b) => a + b, 0);
  }

  /** Steps that passed since are empty. A clock that stepped back counts on in the newest step. */
  #turnTo(now: number): void {
    const step = Math.max(this.#newest, Math.floor(now / this.#stepMs));
    const passed = Math.min(step - this.#newest, this.#counts.length);
    for (let i = 0; i < passed; i++) this.#counts[(step - i) % this.#counts.length] = 0;
    this.#newest = step;
  }
}

const MINUTE_MS = 60_000;
const STEP_MS = 10_000;
const STEPS = 60;

export class Throughput {
  readonly #startedAt: number;
  readonly #minute: Ring;
  readonly #steps: Ring;
  readonly #byJob = new Map<JobId, { readonly ring: Ring; readonly since: number }>();

  constructor(now: number) {
    this.#startedAt = now;
    this.#minute = new Ring(1_000, 60, now);
    this.#steps = new Ring(STEP_MS, STEPS, now);
  }

  /** Units answered, per job. What was reopened meanwhile is not taken off: it was work done. */
  add(answered: ReadonlyMap<JobId, number>, now: number): void {
    for (const [job, count] of answered) {
      if (count <= 0) continue;
      this.#minute.add(count, now);
      this.#steps.add(count, now);
      this.#ringOf(job, now).add(count, now);
    }
  }

  forget(job: JobId): void {
    this.#byJob.delete(job);
  }

  /** Units a second over the last minute, or since we count if that is less. */
  perSecond(now: number): number {
    return rate(this.#minute, this.#startedAt, now);
  }

  perSecondOf(job: JobId, now: number): number {
    const found = this.#byJob.get(job);
    return found === undefined ? 0 : rate(found.ring, found.since, now);
  }

  /** Units a second in each of the last 60 ten-second steps, oldest first. */
  series(now: number): number[] {
    return this.#steps.series(now).map((count) => (count * 1_000) / STEP_MS);
  }

  #ringOf(job: JobId, now: number): Ring {
    const found = this.#byJob.get(job) ?? { ring: new Ring(1_000, 60, now), since: now };
    this.#byJob.set(job, found);
    return found.ring;
  }
}

function rate(ring: Ring, since: number, now: number): number {
  const ms = Math.min(MINUTE_MS, Math.max(1_000, now - since));
  return (ring.sum(now) * 1_000) / ms;
}
