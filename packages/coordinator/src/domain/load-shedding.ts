/**
 * Which work is refused when there is too much of it. Results of leased work are in no list: whatever happens, they are taken (G8).
 *
 *   strain 0  nothing is refused
 *   strain 1  pages and public figures; newcomers are let in a few at a time
 *   strain 2  … requests for work as well; newcomers are let in fewer at a time
 *   strain 3  … heartbeats as well; nobody new is let in
 */
export interface Load {
  /** What every tenth turn of the event loop waits at least. */
  readonly delayMs: number;
  /** Commands that wait for a commit. */
  readonly queued: number;
}

/** What is strain 1; twice as much is strain 2, four times as much strain 3. */
export type LoadLimits = Load;

export type Strain = 0 | 1 | 2 | 3;
export type WorkClass = 'page' | 'hello' | 'work-request' | 'heartbeat' | 'result';

const STEPS = [1, 2, 4];
const SHED_FROM: Readonly<Record<WorkClass, number>> = {
  page: 1,
  hello: 1,
  'work-request': 2,
  heartbeat: 3,
  result: Number.POSITIVE_INFINITY,
};

export const isShed = (work: WorkClass, strain: Strain): boolean => strain >= SHED_FROM[work];

/** Rises at once; falls only when not even twice the load would be as bad, so that it does not flutter. */
export function strainOf(load: Load, limits: LoadLimits, before: Strain): Strain {
  const pressure = Math.max(load.delayMs / limits.delayMs, load.queued / limits.queued);
  return Math.max(strainAt(pressure), Math.min(before, strainAt(2 * pressure))) as Strain;
}

const strainAt = (pressure: number): number => STEPS.filter((step) => pressure >= step).length;
