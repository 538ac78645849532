/**
 * The unit machine: a command folded into its unit. Pure and total: it never throws on bad input, a refusal is an outcome.
 *
 *   open ── result, quorum reached ─────────────▶ final
 *   open ── result, proof ──▶ verifying ── valid ▶ final
 *                             verifying ── invalid ▶ open, with a new replica
 *                             verifying ── the check is broken ▶ failed
 *   open ── errors or replicas exhausted ───────▶ failed
 *   open, verifying ── cancel ──────────────────▶ cancelled
 *
 * final, failed and cancelled are absorbing (I9): what still comes back is kept as evidence, and credited where I37 says so.
 */
import { failCheck, judgeResult } from './judgement-transitions.ts';
import { expireLeases, issueLease, releaseLease, renewLease, withSettlement } from './lease-transitions.ts';
import { recordError, recordResult } from './result-transitions.ts';
import { cancel } from './settlement.ts';
import { type Transition, type TransitionContext, toTransition } from './transition.ts';
import type { UnitCommand } from './unit-command.ts';
import { withPhaseMove } from './unit-counts.ts';
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
    case 'cancel':
      return hasEnded(unit) ? toTransition(unit, { kind: 'ignored' }) : withSettlement({ kind: 'done' }, cancel(unit, context.now), {});
  }
}
