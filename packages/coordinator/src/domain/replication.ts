/** How many replicas a unit gets: as few as can still decide it, and never more than `maxReplicas` (I12). */
import type { VerifyPolicy } from '@manyhands/protocol';
import { namingOf } from './comparison.ts';
import { strongestAgreement } from './quorum.ts';
import type { TransitionContext } from './transition.ts';
import type { Replica, WorkUnit } from './work-unit.ts';

/** The results a verdict rests on, if all agree. */
export const resultsWanted = (verify: VerifyPolicy): number => (verify.kind === 'quorum' ? verify.k : 1);

const isOutstanding = (replica: Replica): boolean => replica.kind === 'ready' || replica.kind === 'leased';

/** New ready replicas an open unit needs now; `exhausted`: the bound lets it have too few to be ever decided. */
export function replicasNeeded(unit: WorkUnit, context: TransitionContext): number | 'exhausted' {
  // Under proof an answer that still stands here was found wrong: it agrees with nothing.
  const agreed = context.verify.kind === 'quorum' ? (strongestAgreement(unit.replicas, namingOf(unit, context.verify))?.votes ?? 0) : 0;
  const outstanding = unit.replicas.filter(isOutstanding).length;
  const missing = Math.max(0, resultsWanted(context.verify) - agreed - outstanding);
  return missing <= context.maxReplicas - unit.replicas.length || missing === 0 ? missing : 'exhausted';
}
