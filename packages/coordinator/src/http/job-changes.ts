/** Tells followers of a job that it changed: at most ten times a second, however often the engine commits. */
import type { JobId } from '@manyhands/protocol';
import type { Coordinator } from '../engine/coordinator.ts';
import type { Clock } from '../ports/clock.ts';
import { Pulse } from './pulse.ts';

const BEAT_MS = 100;
/** Followers are woken now and then though nothing happened, so that they can show the other end that they live. */
const IDLE_BEAT_MS = 15_000;

export interface JobWatch extends Disposable {
  readonly pulse: Pulse;
}

export class JobChanges implements Disposable {
  readonly #followed = new Map<JobId, { readonly pulse: Pulse; followers: number }>();
  readonly #resources = new DisposableStack();
  #changed = new Set<JobId>();

  constructor(coordinator: Pick<Coordinator, 'onJobsChanged'>, clock: Clock) {
    this.#resources.use(coordinator.onJobsChanged((jobs) => this.#note(jobs)));
    this.#resources.use(clock.every(BEAT_MS, () => this.#beat()));
    this.#resources.use(clock.every(IDLE_BEAT_MS, () => this.#beatAll()));
  }

  watch(job: JobId): JobWatch {
    const followed = this.#followed.get(job) ?? { pulse: new Pulse(), followers: 0 };
    this.#followed.set(job, followed);
    followed.followers++;
    return {
      pulse: followed.pulse,
      [Symbol.dispose]: () => {
        if (--followed.followers === 0) this.#followed.delete(job);
      },
    };
  }

  [Symbol.dispose](): void {
    this.#resources.dispose();
  }

  #note(jobs: ReadonlySet<JobId>): void {
    for (const job of jobs) if (this.#followed.has(job)) this.#changed.add(job);
  }

  #beat(): void {
    const changed = this.#changed;
    this.#changed = new Set();
    for (const job of changed) this.#followed.get(job)?.pulse.beat();
  }

  #beatAll(): void {
    for (const { pulse } of this.#followed.values()) pulse.beat();
  }
}
