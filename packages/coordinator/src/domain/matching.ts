/** What a host may be given of a job now, and which kind of unit. Pure: the feeder finds the units. */
import type { VerifyPolicy } from '@manyhands/protocol';
import { type Conduct, heldAgainst } from './conduct.ts';
import { ENTRANCE_CHECKS, isEstablished, isSuspended, type Standing } from './standing.ts';

/**
 * `suspended` nothing, until then (epoch milliseconds; null: banned) · `newcomer` units whose answer is known, else what comes; only as
 * many as it takes to know it · `worker` whatever comes. `most`: replicas it may be given more than it holds. `open`: of these, such as leave
 * another answer with us that nobody can judge: of a newcomer all but units whose answer is known, of a worker units that nobody was given yet.
 */
export type Allotment =
  | { readonly kind: 'suspended'; readonly until: number | null }
  | { readonly kind: 'newcomer' | 'worker'; readonly most: number; readonly open: number };

/** `held`: replicas of the task that the host has in hand. */
export function allot(standing: Standing, held: number, conduct: Conduct, verify: VerifyPolicy, now: number): Allotment {
  if (isSuspended(standing, now)) return { kind: 'suspended', until: standing.isBanned ? null : standing.suspendedUntil };
  const room = Math.max(0, standing.quota - held - heldAgainst(conduct, now));
  const open = Math.max(0, room - conduct.unjudged);
  if (verify.kind !== 'confidence' || isEstablished(standing)) return { kind: 'worker', most: room, open };
  const most = Math.max(0, Math.min(room, ENTRANCE_CHECKS - standing.passed - held));
  return { kind: 'newcomer', most, open: Math.min(most, open) };
}
