/** Turns the stream of steps into at most two lines a second; the last state is always told. */
import type { AgentState } from '../domain/agent-state.ts';
import { inPhase } from '../domain/lease-book.ts';
import type { Clock } from '../ports/clock.ts';
import type { WorkerEvent } from './events.ts';

const INTERVAL_MS = 500;

type UnitLine = Extract<WorkerEvent, { event: 'units' }>;

export class UnitMeter implements Disposable {
  readonly #clock: Clock;
  readonly #tell: (line: UnitLine) => void;
  #latest: AgentState | null = null;
  #toldAt = Number.NEGATIVE_INFINITY;
  #timer: Disposable | null = null;

  constructor(clock: Clock, tell: (line: UnitLine) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  note(before: AgentState, after: AgentState): void {
    if (before.tally === after.tally && before.leases === after.leases) return;
    this.#latest = after;
    if (this.#timer !== null) return;
    this.#timer = this.#clock.after(this.#toldAt + INTERVAL_MS - this.#clock.now(), () => this.#flush());
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#flush();
  }

  #flush(): void {
    this.#timer = null;
    if (this.#latest === null) return;
    const { leases, results, tally } = this.#latest;
    const { started, finished, errors, recorded } = tally;
    this.#latest = null;
    this.#toldAt = this.#clock.now();
    const running = inPhase(leases, 'running').length;
    this.#tell({ at: this.#toldAt, event: 'units', running, held: leases.size + results.size, started, finished, errors, recorded });
  }
}
