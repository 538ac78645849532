import type { WorkClass } from '../domain/load-shedding.ts';

/** How busy this process is. */
export interface LoadGauge {
  /** True: there is too much to do for work of this kind now; it is refused with a time to come back. */
  sheds(work: WorkClass): boolean;
}
