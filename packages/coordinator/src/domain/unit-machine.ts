/**
 * The unit machine: a command folded into its unit. Pure and total: it never throws on bad input, a refusal is an outcome.
 *
 *   open ── result, quorum reached ─────────────▶ final
 *   open ── result, proof ──▶ verifying ── valid ▶ final
 *                             verifying ── invalid ▶ open, with a new replica
 *                             verifying ── the check is broken ▶ failed
 *   open ── errors or replicas exhausted ───────▶ failed
 *   open ── result, one word that counts ───────▶ provisional
 *   provisional ── more words, or the audit ────▶ final
 *   provisional ── its host convicted ──────────▶ open, with a new replica
 *   open, provisional ── words differ ──────────▶ verifying ── the referee ▶ final, or open and only the truth is waited for
 *   open, verifying, provisional ── cancel ─────▶ cancelled
 *   final ── ground truth speaks against it ────▶ final with the truth, or open (retraction-transitions.ts)
 *
 * But for that, final, failed and cancelled are absorbing (I9): what still comes back is kept as evidence, and credited where I37 says so.
 */

import { audit, confirm, review, strike } from './audit-transitions.ts';
import { failComparison, recordComparisons } from './comparison-transitions.ts';
import { failCheck, judgeResult } from './judgement-transitions.ts';
import { duplicate, expireLeases, issueCanary, issueLease, releaseLease, renewLease, withSettlement } from './lease-transitions.ts';
import { failReferee, recordTruth } from './referee-transitions.ts';
import { recordError, recordResult } from './result-transitions.ts';
import { retract } from './retraction-transitions.ts';
import { type Transition, type TransitionContext, toTransition } from './transition.ts';
import type { UnitCommand } from './unit-command.ts';
import { withPhaseMove } from './unit-counts.ts';
import { cancel } from './unit-end.ts';
import { hasEnded, type WorkUnit } from './work-unit.ts';

export function transition(unit: WorkUnit, command: UnitCommand, context: TransitionContext): Transition {
  const decided = decide(unit, command, context);
  return { ...decided, countsDelta: withPhaseMove(decided.countsDelta, unit, decided.unit) };
}

function decide(unit: WorkUnit, command: UnitCommand, context: TransitionContext): Transition {
  switch (command.kind) {
    case 'issue-lease':
      return issueLease(unit, command, context);
    case 'renew-lease':
      return renewLease(unit, command);
    case 'release-lease':
      return releaseLease(unit, command, context);
    case 'expire-leases':
      return expireLeases(unit, context);
    case 'record-result':
      return recordResult(unit, command, context);
    case 'record-error':
      return recordError(unit, command, context);
    case 'judge-result':
      return judgeResult(unit, command, context);
    case 'fail-check':
      return failCheck(unit, command, context);
    case 'record-comparisons':
      return recordComparisons(unit, command, context);
    case 'fail-comparison':
      return failComparison(unit, command, context);
    case 'issue-canary':
      return issueCanary(unit, command, context);
    case 'record-truth':
      return recordTruth(unit, command, context);
    case 'fail-referee':
      return failReferee(unit, command, context);
    case 'audit':
      return audit(unit, command, context);
    case 'confirm':
      return confirm(unit, context);
    case 'strike':
      return strike(unit, command, context);
    case 'review':
      return review(unit, context);
    case 'duplicate':
      return duplicate(unit, context);
    case 'retract':
      return retract(unit, context);
    case 'cancel':
      return hasEnded(unit) ? toTransition(unit, { kind: 'ignored' }) : withSettlement({ kind: 'done' }, cancel(unit, context.now), {});
  }
}
