/**
 * The order of frames on one connection, as the worker may send them:
 *
 *   challenged ── hello ──▶ opening ── (our welcome) ──▶ reconciling ── reconcile, the last with more: false ──▶ open
 *
 * Any other frame in a phase is out of order and ends the connection; `closed` says nothing and hears nothing.
 */
import type { Upstream } from '@manyhands/protocol';

export type Phase = 'challenged' | 'opening' | 'reconciling' | 'open' | 'closed';

/** null: in order. Else what is wrong with it, fit for a close reason. */
export function orderFault(phase: Phase, type: Upstream['type']): string | null {
  if (phase === 'challenged') return type === 'hello' ? null : `${type} before hello`;
  if (type === 'hello') return 'a second hello';
  if (phase === 'opening') return `${type} before welcome`;
  if (phase === 'reconciling') return type === 'reconcile' ? null : `${type} before the last reconcile`;
  return type === 'reconcile' ? 'reconcile after the last reconcile' : null;
}
