/**
 * What a host has in hand of ours besides its leases, for one task. No verdict is in it, so it is kept in memory only: a restart forgives it,
 * and costs the project no more than the host's quota once more.
 *
 *   answered ── nobody can say yet whether rightly ──▶ unjudged ── judged, or its unit has ended ──▶ gone
 *   given back ── within the allowance ──▶ gone · beyond it ──▶ held against its host until the lease would have ended
 */
import type { HostId } from '@manyhands/protocol';
import { hasEnded, type Replica, type WorkUnit } from './work-unit.ts';

export interface Conduct {
  /** Answers that nobody has judged. */
  readonly unjudged: number;
  /** Leases that it may give back at no cost. */
  readonly allowance: number;
  /** When each of those it gave back beyond that would have ended, epoch milliseconds. */
  readonly givenBack: readonly number[];
}

/** As many as a host holds that stops in its first minutes. */
const FIRST_ALLOWANCE = 8;
/** Whoever brings back four leases of five is welcome to return the fifth. */
const ALLOWANCE_PER_ANSWER = 1 / 4;
/** As many as one machine holds at once (engine-limits.ts, quotaCeiling). */
const MOST_ALLOWANCE = 256;

export const FIRST_CONDUCT: Conduct = { unjudged: 0, allowance: FIRST_ALLOWANCE, givenBack: [] };

/** Leases that it does not hold any more and that count all the same. */
export const heldAgainst = ({ givenBack }: Conduct, now: number): number =>
  givenBack.reduce((held, until) => held + Number(until > now), 0);

/** null: that is more than it may. */
export const giveBack = (conduct: Conduct): Conduct | null =>
  conduct.allowance < 1 ? null : { ...conduct, allowance: conduct.allowance - 1 };

export const giveBackTooMuch = (conduct: Conduct, deadlineAt: number, now: number): Conduct => ({
  ...conduct,
  givenBack: [...conduct.givenBack.filter((until) => until > now), deadlineAt],
});

/** What became of one of its replicas. */
interface ConductChange {
  readonly host: HostId;
  readonly hasAnswered: boolean;
  /** +1: it waits for a verdict now · −1: it does not any more. */
  readonly unjudged: -1 | 0 | 1;
}

/** The same object when nothing changes. A restart in between leaves more to be judged than was counted. */
export function foldConduct(conduct: Conduct, { hasAnswered, unjudged }: Pick<ConductChange, 'hasAnswered' | 'unjudged'>): Conduct {
  const allowance = hasAnswered ? Math.min(MOST_ALLOWANCE, conduct.allowance + ALLOWANCE_PER_ANSWER) : conduct.allowance;
  const waiting = Math.max(0, conduct.unjudged + unjudged);
  if (allowance === conduct.allowance && waiting === conduct.unjudged) return conduct;
  return { ...conduct, allowance, unjudged: waiting };
}

export function conductChanges(before: WorkUnit, after: WorkUnit): ConductChange[] {
  const changes: ConductChange[] = [];
  for (const [at, replica] of after.replicas.entries()) {
    if (replica.kind === 'ready') continue;
    const earlier = before.replicas[at];
    const hasAnswered = earlier?.kind === 'leased' && (replica.kind === 'returned' || replica.kind === 'judged');
    const unjudged = (Number(isUnjudged(after, replica)) - Number(isUnjudged(before, earlier))) as ConductChange['unjudged'];
    if (hasAnswered || unjudged !== 0) changes.push({ host: replica.host, hasAnswered, unjudged });
  }
  return changes;
}

const isUnjudged = (unit: WorkUnit, replica: Replica | undefined): boolean => replica?.kind === 'returned' && !hasEnded(unit);
