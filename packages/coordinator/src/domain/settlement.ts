/**
 * What becomes of a unit in progress once its replicas have changed, in this order:
 *   answers must be compared by the author's code first → verifying · enough agree → final · enough accounts call it fatal → failed · too many errors → failed ·
 *   an answer waits for its proof check → verifying · replicas are missing → open, with new ready ones · none may be added → failed.
 * Under `confidence` answers are weighed by whose they are: weighing.ts.
 */
import { comparisonNeeded, namingOf } from './comparison.ts';
import { quorumVerdict } from './quorum.ts';
import { replicasNeeded, resultsWanted } from './replication.ts';
import type { TransitionContext } from './transition.ts';
import { awaitJudge, errorsOf, fail, fatalAccounts, finalize, type Occasion, type Settlement, toSettlement } from './unit-end.ts';
import { weigh } from './weighing.ts';
import { readyReplicas, type WorkUnit } from './work-unit.ts';

export function settle(unit: WorkUnit, context: TransitionContext, occasion: Occasion): Settlement {
  const { verify } = context;
  // The referee's answer brings its own comparisons.
  const comparison = unit.truth === null ? null : comparisonNeeded(unit, verify);
  if (comparison !== null) return awaitJudge(unit, comparison);
  if (verify.kind === 'confidence') return weigh(unit, verify, context, occasion);
  const message = occasion.kind === 'loss' ? occasion.message : '';
  const canonical = verify.kind === 'quorum' ? quorumVerdict(unit.replicas, verify.k, namingOf(unit, verify)) : null;
  if (canonical !== null) return finalize(unit, canonical, context);
  if (fatalAccounts(unit) >= Math.max(2, resultsWanted(verify))) return fail(unit, 'fatal', message, context.now);
  if (errorsOf(unit) >= context.maxErrors) return fail(unit, 'too-many-errors', message, context.now);
  const unchecked = verify.kind === 'proof' ? unit.replicas.find((replica) => replica.kind === 'returned') : undefined;
  if (unchecked === undefined) return replicate(unit, context);
  const { no, digest } = unchecked;
  return awaitJudge(unit, { kind: 'judge', job: unit.job, index: unit.index, no, digest });
}

function replicate(unit: WorkUnit, context: TransitionContext): Settlement {
  const needed = replicasNeeded(unit, context);
  if (needed === 'exhausted') return fail(unit, 'no-consensus', noConsensus(unit, context), context.now);
  const replicas = needed === 0 ? unit.replicas : [...unit.replicas, ...readyReplicas(unit.replicas.length, needed)];
  return toSettlement({ ...unit, state: { kind: 'open' }, replicas });
}

function noConsensus({ replicas }: WorkUnit, { verify }: TransitionContext): string {
  const wanted = verify.kind === 'quorum' ? `${verify.k} results of different accounts agreed` : 'answer passed the check of its task';
  return `${replicas.length} replicas were handed out, the most a unit may have, and no ${wanted}. Its evidence shows what came back.`;
}
