/**
 * What a host has earned for one task. It grows only on verified work, and falls with what failed.
 *
 *   newcomer ── ENTRANCE_CHECKS passed ──▶ established: its word counts
 *   any ── a vote lost ─────────────────▶ newcomer: votes can be framed, so nothing worse
 *   any ── convicted on ground truth ───▶ newcomer, suspended; each conviction doubles the time
 *   any ── quota halved to nothing ─────▶ suspended, likewise
 *   wrong in a third of all checks ─────▶ banned, on ground truth only (I20)
 */
import type { AccountId, HostId, JobId, TaskId } from '@manyhands/protocol';

export interface Standing {
  readonly task: TaskId;
  readonly host: HostId;
  readonly account: AccountId;
  /** Checks passed since it came, lost a vote, or was convicted. */
  readonly passed: number;
  /** Checks passed, ever. */
  readonly verified: number;
  readonly convictions: number;
  /** Replicas of the task it may hold at once: doubles with what is verified, halves with what fails. */
  readonly quota: number;
  /** Suspensions for failing, since it last passed a check. */
  readonly setbacks: number;
  /** Epoch milliseconds; 0: never suspended. */
  readonly suspendedUntil: number;
  readonly isBanned: boolean;
}

/**
 * `passed` its answer was confirmed by somebody else's or by ground truth · `failed` a newcomer's answer was not the believed one ·
 * `outvoted` others agreed on another answer · `convicted` ground truth says that it was wrong, and its word had counted ·
 * `errored` it came back with an error or not at all · `absolved` so did another account on the same unit: it was the unit's fault ·
 * `declined` it gave a lease back, and more of them than it may.
 */
export interface HostEvent {
  readonly kind: 'passed' | 'failed' | 'outvoted' | 'convicted' | 'errored' | 'absolved' | 'declined';
  readonly job: JobId;
  readonly host: HostId;
  readonly account: AccountId;
}

export const ENTRANCE_CHECKS = 3;
/** No machine computes more replicas at once; what bounds it below that are its cores. */
const QUOTA_CEILING = 1_024;
const SUSPENSION_MS = 10 * 60_000;
const LONGEST_SUSPENSION_MS = 7 * 24 * 3_600_000;
/** Fewer convictions than these may be an honest machine's bad day. */
export const CONVICTIONS_BEFORE_BAN = 5;

export const createStanding = (task: TaskId, host: HostId, account: AccountId, quota: number): Standing => ({
  task,
  host,
  account,
  passed: 0,
  verified: 0,
  convictions: 0,
  quota,
  setbacks: 0,
  suspendedUntil: 0,
  isBanned: false,
});

export const isSuspended = (standing: Standing, now: number): boolean => standing.isBanned || standing.suspendedUntil > now;

/** Its word counts. */
export const isEstablished = ({ passed, isBanned }: Standing): boolean => passed >= ENTRANCE_CHECKS && !isBanned;

export function foldStanding(standing: Standing, { kind }: Pick<HostEvent, 'kind'>, now: number): Standing {
  switch (kind) {
    case 'passed':
      return {
        ...standing,
        passed: standing.passed + 1,
        verified: standing.verified + 1,
        quota: Math.min(QUOTA_CEILING, standing.quota * 2),
        setbacks: 0,
      };
    case 'absolved':
      return absolve(standing, now);
    case 'errored':
      return halve(standing, now);
    case 'declined':
      // Nobody is suspended for leaving.
      return { ...standing, quota: Math.max(1, Math.floor(standing.quota / 2)) };
    case 'failed':
    case 'outvoted':
      return halve({ ...standing, passed: 0 }, now);
    case 'convicted':
      return convict(standing, now);
  }
}

/** A host that fails everything is suspended at its (log2(quota) + 1)th failure, and then at the first after each return. */
function halve(standing: Standing, now: number): Standing {
  const quota = Math.floor(standing.quota / 2);
  if (quota > 0) return { ...standing, quota };
  // It was given this before: a machine that was switched off loses all it held at once, and that is one setback.
  if (isSuspended(standing, now)) return standing;
  return { ...standing, quota: 1, setbacks: standing.setbacks + 1, suspendedUntil: suspensionEnd(standing.setbacks, now) };
}

/** A suspension is lifted, but not of one who was ever convicted: that may be what it is for. */
function absolve(standing: Standing, now: number): Standing {
  const suspendedUntil = standing.convictions > 0 ? standing.suspendedUntil : Math.min(standing.suspendedUntil, now);
  return { ...standing, quota: Math.min(QUOTA_CEILING, standing.quota * 2), suspendedUntil };
}

function convict(standing: Standing, now: number): Standing {
  const convictions = standing.convictions + 1;
  const isBanned = convictions >= CONVICTIONS_BEFORE_BAN && convictions * 2 > standing.verified;
  const suspendedUntil = Math.max(standing.suspendedUntil, suspensionEnd(standing.convictions, now));
  return { ...standing, passed: 0, convictions, quota: 1, suspendedUntil, isBanned: standing.isBanned || isBanned };
}

const suspensionEnd = (times: number, now: number): number => now + Math.min(LONGEST_SUSPENSION_MS, SUSPENSION_MS * 2 ** times);
