/**
 * Credit comes from the server's own times only, never from a worker's claim (I25). 1 credit is 1/200 of a day of a machine of 1 GFLOPS;
 * every machine counts as one of 1 GFLOPS until benchmarks say more.
 */
const MICROCREDITS_PER_CREDIT = 1_000_000;
const CREDITS_PER_DAY = 200;
const DAY_MS = 86_400_000;

export interface TimedResult {
  readonly leasedAt: number;
  readonly returnedAt: number;
}

/** Microcredits for each of the agreeing results: the time of the quickest, so that idling earns nothing, and at most the task's own limit. */
export function creditFor(agreeing: readonly TimedResult[], timeoutMs: number): number {
  let ms = timeoutMs;
  for (const { leasedAt, returnedAt } of agreeing) ms = Math.min(ms, returnedAt - leasedAt);
  // A clock that stepped back gives nothing, and takes nothing.
  return Math.floor((Math.max(0, ms) * CREDITS_PER_DAY * MICROCREDITS_PER_CREDIT) / DAY_MS);
}
