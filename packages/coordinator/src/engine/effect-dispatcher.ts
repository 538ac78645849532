/** What leaves the process after a commit, besides the answers (CQ5): revocations, one frame per host and reason, what the judge is asked, and backtracking. */
import type { HostId, LeaseRef } from '@manyhands/protocol';
import type { Backtrack, Revocation, UnitEffect } from '../domain/unit-effect.ts';
import type { Case } from './judge-desk.ts';

export interface EffectTargets {
  revoke(host: HostId, leases: readonly LeaseRef[], reason: Revocation['reason']): void;
  judge(pending: Case): void;
  backtrack(backtrack: Backtrack): void;
}

export function dispatchEffects(effects: readonly UnitEffect[], targets: EffectTargets): void {
  for (const effect of effects) {
    if (effect.kind === 'judge' || effect.kind === 'compare' || effect.kind === 'referee') targets.judge(effect);
    if (effect.kind === 'backtrack') targets.backtrack(effect);
  }
  const revocations = effects.filter((effect) => effect.kind === 'revoke');
  for (const [, group] of Map.groupBy(revocations, ({ host, reason }) => `${host} ${reason}`)) {
    const { host, reason } = group[0] as Revocation;
    targets.revoke(
      host,
      group.map(({ lease, job, index }) => ({ lease, job, index })),
      reason,
    );
  }
}
