/** Lists of leases, cut to what one frame may hold. */
import { type LeaseRef, LIMITS, type Upstream } from '@manyhands/protocol';
import type { AgentAction } from './agent-event.ts';
import type { AgentState } from './agent-state.ts';
import { inPhase, refOf, unfinished } from './lease-book.ts';

const send = (message: Exclude<Upstream, { type: 'hello' }>): AgentAction => ({ kind: 'send', message });

/** At least one page: an empty list is news too. */
function pages<T>(items: readonly T[]): T[][] {
  const cut: T[][] = [];
  for (let i = 0; i < items.length || i === 0; i += LIMITS.leasesPerFrame) cut.push(items.slice(i, i + LIMITS.leasesPerFrame));
  return cut;
}

const resultRefs = (state: AgentState): LeaseRef[] => [...state.results.values()].map(({ result }) => refOf(result));

/** All leases this host answers for, computed or not. */
const heldRefs = (state: AgentState): LeaseRef[] => [...unfinished(state.leases).map(refOf), ...resultRefs(state)];

export function reconcileFrames(state: AgentState): AgentAction[] {
  const cut = pages(heldRefs(state));
  return cut.map((leases, i) => send({ type: 'reconcile', leases, more: i < cut.length - 1 }));
}

/**
 * A paused host renews only what it has finished: the deadlines of the rest decide whether they wait for it (WK24). With nothing to renew
 * nothing is said: the coordinator's pings tell both sides that the other is there.
 */
export function renewFrames(state: AgentState): AgentAction[] {
  const held = state.pause === null ? heldRefs(state) : resultRefs(state);
  return held.length === 0 ? [] : pages(held).map((leases) => send({ type: 'renew', leases }));
}

export const releaseFrames = (leases: readonly LeaseRef[]): AgentAction[] =>
  leases.length === 0 ? [] : pages(leases.map(refOf)).map((leases) => send({ type: 'release', leases }));

/** Running leases whose progress the coordinator has not heard of. */
export const progressNews = (state: AgentState): (LeaseRef & { fraction: number })[] =>
  inPhase(state.leases, 'running')
    .filter(({ phase }) => phase.fraction !== phase.reported)
    .map((held) => ({ ...refOf(held), fraction: held.phase.fraction }));

export const progressFrames = (state: AgentState): AgentAction[] =>
  pages(progressNews(state)).map((leases) => send({ type: 'progress', leases }));
