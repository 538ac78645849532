/**
 * The audit at the end of a job: how many of the answers that rest on one host's word must be checked, and which. The plan reads all provisional
 * units twice: to count, then to draw. Each answer of a host has the same chance, whenever it was given: a liar gains nothing by lying late.
 */
import type { HostId, VerifyPolicy } from '@manyhands/protocol';
import { beliefIn, oddsOf } from './audit-transitions.ts';
import { checksWanted } from './odds.ts';
import type { Vote } from './quorum.ts';
import type { TrustView } from './transition.ts';
import type { WorkUnit } from './work-unit.ts';

/** `enough` its odds suffice · `under-audit` a replica of it is on its way · `one-word` it rests on `host` alone · `few-words` on several, and not enough. */
export type Exposure =
  | { readonly kind: 'enough' | 'under-audit' | 'few-words' }
  | { readonly kind: 'one-word'; readonly host: HostId; readonly isUnderAudit: boolean };

export function exposureOf(unit: WorkUnit, verify: VerifyPolicy, trust: TrustView): Exposure | null {
  const belief = beliefIn(unit, { verify, trust });
  if (belief === null || verify.kind !== 'confidence') return null;
  const isUnderAudit = unit.replicas.some(({ kind }) => kind === 'ready' || kind === 'leased');
  const [member] = belief.members;
  const isOneWord = belief.members.length === 1 && member !== undefined;
  if (isOneWord && isUnderAudit) return { kind: 'one-word', host: hostOf(unit, member.no), isUnderAudit };
  if (isUnderAudit) return { kind: 'under-audit' };
  if (oddsOf(belief, trust.phi) * verify.wrongIn <= 1) return { kind: 'enough' };
  return isOneWord ? { kind: 'one-word', host: hostOf(unit, member.no), isUnderAudit } : { kind: 'few-words' };
}

const hostOf = (unit: WorkUnit, no: number): HostId => (unit.replicas[no] as Vote).host;

export class AuditPlan {
  readonly #wanted: number;
  readonly #trust: TrustView;
  /** Answers on one host's word, not under audit, and those that are. */
  readonly #hosts = new Map<HostId, { left: number; underAudit: number; missing: number | null }>();

  constructor(verify: Extract<VerifyPolicy, { kind: 'confidence' }>, trust: TrustView) {
    this.#trust = trust;
    this.#wanted = checksWanted(trust.phi, 1, verify.wrongIn);
  }

  count(exposure: Exposure): void {
    if (exposure.kind !== 'one-word') return;
    const host = this.#hosts.get(exposure.host) ?? { left: 0, underAudit: 0, missing: null };
    if (exposure.isUnderAudit) host.underAudit++;
    else host.left++;
    this.#hosts.set(exposure.host, host);
  }

  /** After everything was counted, asked once for each: whether this one is to be audited. `draw`: uniform in [0, 1). */
  isDrawn(exposure: Exposure, draw: number): boolean {
    if (exposure.kind === 'few-words') return true;
    if (exposure.kind !== 'one-word' || exposure.isUnderAudit) return false;
    const host = this.#hosts.get(exposure.host);
    if (host === undefined) return true;
    host.missing ??= Math.max(0, Math.ceil(this.#wanted) - (this.#trust.checksOf(exposure.host) ?? 0) - host.underAudit);
    const isDrawn = draw * host.left < host.missing;
    host.left--;
    if (isDrawn) host.missing--;
    return isDrawn;
  }
}
