/** Measures how busy this process is, once a second: how long its event loop makes things wait, and how much waits for a commit. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isShed, type Load, type LoadLimits, type Strain, strainOf } from '../domain/load-shedding.ts';
import type { Clock } from '../ports/clock.ts';
import type { LoadGauge } from '../ports/load-gauge.ts';

export const LOAD_LIMITS: LoadLimits = { delayMs: 100, queued: 12_500 };

const MEASURE_MS = 1_000;
const RESOLUTION_MS = 10;
/** One turn in ten: a single long one, such as a collection of garbage, is no strain. */
const PERCENTILE = 90;

export interface LoadMeterOptions {
  readonly clock: Pick<Clock, 'every'>;
  readonly limits: LoadLimits;
  readonly queued: () => number;
  readonly onChange: (strain: Strain, load: Load) => void;
}

export class LoadMeter implements LoadGauge, Disposable {
  readonly #options: LoadMeterOptions;
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  readonly #measuring: Disposable;
  #strain: Strain = 0;

  constructor(options: LoadMeterOptions) {
    this.#options = options;
    this.#delay.enable();
    this.#measuring = options.clock.every(MEASURE_MS, () => this.#measure());
  }

  sheds(work: Parameters<LoadGauge['sheds']>[0]): boolean {
    return isShed(work, this.#strain);
  }

  [Symbol.dispose](): void {
    this.#measuring[Symbol.dispose]();
    this.#delay.disable();
  }

  #measure(): void {
    const { limits, queued, onChange } = this.#options;
    const load = { delayMs: Math.max(0, this.#delay.percentile(PERCENTILE) / 1e6 - RESOLUTION_MS), queued: queued() };
    this.#delay.reset();
    const strain = strainOf(load, limits, this.#strain);
    if (strain === this.#strain) return;
    this.#strain = strain;
    onChange(strain, load);
  }
}
