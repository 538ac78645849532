/** What the engine allows itself and others. All configurable: a campus and the open internet differ. */
import { LIMITS } from '@manyhands/protocol';

export interface EngineLimits {
  /** Replicas one host may hold at once; null: twice its cores, at least 64, at most `quotaCeiling`. */
  readonly quotaPerHost: number | null;
  /** The number of cores is a claim of the host's. */
  readonly quotaCeiling: number;
  /** Replicas of one task a host may hold at first; doubles with what is verified (domain/standing.ts). */
  readonly firstQuota: number;
  readonly heartbeatMs: number;
  /** How often expired leases are looked for; at most 5 s (I30). */
  readonly sweepMs: number;
  readonly keepAliveMs: number;
  /** Commands in one commit, and as many leases besides. More gains nothing: by then an fsync costs less than the rows. */
  readonly batchCommands: number;
  /** Commands that may wait for a commit before new work is refused (CQ7). */
  readonly queuedCommands: number;
  /** How often a batch is decided again after a conflict (CQ6). */
  readonly commitAttempts: number;
  /** Units under way that are kept at hand; others are read from the store again. */
  readonly cachedUnits: number;
  /** Units with ready replicas kept at hand per job. */
  readonly readyUnitsPerJob: number;
  readonly pageUnits: number;
  /** Unsent bytes above which a host is given nothing more. */
  readonly bufferedBytes: number;
  /** When a host without work, or an author refused for load, may ask again; jittered by half. */
  readonly retryAfterMs: number;
  readonly leasesPerFrame: number;
  readonly frameBytes: number;
  readonly maxReplicas: number;
  readonly maxErrors: number;
  /** Proof checks under way at once. */
  readonly checksAtOnce: number;
  /** How long audits may lie untaken before the referee computes them. */
  readonly auditPatienceMs: number;
  /** How often a check that could not be made is tried before its unit fails. */
  readonly checkAttempts: number;
}

export const ENGINE_LIMITS: EngineLimits = {
  quotaPerHost: null,
  quotaCeiling: 256,
  firstQuota: 8,
  heartbeatMs: 20_000,
  sweepMs: 2_000,
  keepAliveMs: 5_000,
  batchCommands: 1_000,
  queuedCommands: 50_000,
  commitAttempts: 5,
  cachedUnits: 100_000,
  readyUnitsPerJob: 4_096,
  pageUnits: 1_000,
  bufferedBytes: 2 ** 20,
  retryAfterMs: 15_000,
  leasesPerFrame: LIMITS.leasesPerFrame,
  frameBytes: LIMITS.frameBytes,
  maxReplicas: LIMITS.maxReplicas,
  maxErrors: LIMITS.maxErrors,
  checksAtOnce: 4,
  auditPatienceMs: 20_000,
  checkAttempts: 3,
};
