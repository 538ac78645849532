/**
 * What a valid result is worth (I25). 1 credit is 1/200 of a day of a machine of 1 GFLOPS, the field's cobblestone; the books count
 * microcredits, whole numbers. Rules CD1… in docs/spec/credit.md.
 *
 *   estimate of one result = speed of its host (measured there, clipped here) × time from lease to return (our clock)
 *   credit = the lower median of the estimates that agree, at most
 *            what the task's own limit allows, and 3 × what results of the job usually earn.
 *
 * The speed is the only thing a host can lie about, and this is all a lie is worth: beside an honest result that agrees, nothing, for the
 * lower of two estimates counts; alone, three times what an honest host earns, once the job has 20 results.
 */
const MICROCREDITS_PER_CREDIT = 1_000_000;
const CREDITS_PER_DAY = 200;
const DAY_MS = 86_400_000;

/** No core is slower or faster at the benchmark of the worker; what lies outside is clipped. */
const SLOWEST_GFLOPS = 0.05;
const FASTEST_GFLOPS = 50;
/** Of hosts that were not measured. */
const REFERENCE_GFLOPS = 1;

/** How far above the usual credit of its job a result may be: an old machine's long hours may count, a claim not much. */
const TIMES_TYPICAL = 3;

export interface TimedResult {
  /** Epoch milliseconds, the coordinator's clock. */
  readonly leasedAt: number;
  readonly returnedAt: number;
  /** See `leaseSpeed`. Absent: not measured, and taken for 1 GFLOPS. */
  readonly speed?: number;
}

/** GFLOPS of one core as we use it: a claim is only ever a hint. `null`: not measured. */
export function plausibleGflops(claim: number | null | undefined): number {
  if (claim === null || claim === undefined || Number.isNaN(claim)) return REFERENCE_GFLOPS;
  return clip(claim, SLOWEST_GFLOPS, FASTEST_GFLOPS);
}

/**
 * The speed at which a new lease is worked on, GFLOPS. `held`: the leases its host then has in hand, the new one included. A host with more
 * leases than cores lets some of them wait, and waiting is not computing.
 */
export function leaseSpeed({ gflops, cores }: { readonly gflops: number | null; readonly cores: number }, held: number): number {
  return plausibleGflops(gflops) * Math.min(1, cores / Math.max(1, held));
}

/**
 * Microcredits for each of the agreeing results, of which there is at least one. `typical`: what results of the job usually earn, from `typicalCredit`; null: too few to tell.
 */
export function creditFor(agreeing: readonly TimedResult[], timeoutMs: number, typical: number | null = null): number {
  const estimates = agreeing.map((result) => estimate(result, timeoutMs)).sort((a, b) => a - b);
  const median = estimates[(estimates.length - 1) >> 1] as number;
  return Math.floor(typical === null ? median : Math.min(median, TIMES_TYPICAL * Math.max(typical, ONE_TICK)));
}

/** The most that any result of a task can earn, whatever is claimed (I25). */
export const creditCeiling = (timeoutMs: number): number => Math.floor(microcredits(timeoutMs, FASTEST_GFLOPS));

function estimate({ leasedAt, returnedAt, speed }: TimedResult, timeoutMs: number): number {
  // A clock that stepped back gives nothing, and takes nothing.
  const ms = Math.max(0, Math.min(returnedAt - leasedAt, timeoutMs));
  return microcredits(ms, speed === undefined ? REFERENCE_GFLOPS : clip(speed, 0, FASTEST_GFLOPS));
}

const clip = (value: number, least: number, most: number): number => (value > least ? Math.min(value, most) : least);

const microcredits = (ms: number, gflops: number): number => (ms / DAY_MS) * CREDITS_PER_DAY * MICROCREDITS_PER_CREDIT * gflops;

/** Our clock counts whole milliseconds: of units shorter than that most earn nothing, and some a tick. */
const ONE_TICK = microcredits(1, REFERENCE_GFLOPS);
