/** What the daemon makes of the coordinator's words. Any of them may come twice or late: an unknown lease is passed over. */
import type { Assign, Downstream, LeaseId } from '@manyhands/protocol';
import type { SessionMessage } from './agent-event.ts';
import type { AgentState, OnlineLink } from './agent-state.ts';
import { roomFor } from './budget.ts';
import { releaseFrames } from './frames.ts';
import type { Assignment } from './lease-book.ts';
import { beginLeases, dropLeases } from './lease-steps.ts';
import { andThen, counted, type Reaction, unchanged } from './reaction.ts';
import { inStage, type ResultQueue } from './result-queue.ts';
import { reconciledLink } from './rule.ts';

type Said<T extends SessionMessage['type']> = Extract<Downstream, { type: T }>;

export function hear(state: AgentState, message: SessionMessage, at: number): Reaction {
  const { link } = state;
  if (link.kind !== 'online') return unchanged(state);
  switch (message.type) {
    case 'reconciled':
      return dropLeases({ ...state, link: { ...link, reconciled: true, answerBy: null } }, message.drop);
    case 'assign':
      return acceptLeases(state, link, message);
    case 'no-work':
      return unchanged({ ...state, noWork: { reason: message.reason, untilAt: at + message.retryAfterMs } });
    case 'recorded':
      return settleResults(state, link, message);
    case 'renewed':
      return dropLeases(state, message.ended);
    case 'revoke':
      return dropLeases(
        state,
        message.leases.map(({ lease }) => lease),
      );
    case 'drain':
      return unchanged({ ...state, link: { ...link, drainRetryMs: message.retryAfterMs } });
  }
}

/** An assignment ends a refusal: there is work again. What is more than this host will ever hold goes back, and is not written down (WK28). */
function acceptLeases(state: AgentState, link: OnlineLink, { job, task, frozenAt, leases }: Assign): Reaction {
  const fresh = leases
    .filter(({ lease }) => !state.leases.has(lease) && !state.results.has(lease))
    .map(({ lease, index, input }) => ({ lease, job, index, task, input, frozenAt }));
  const heard: AgentState = { ...state, noWork: null, link: { ...link, wish: Math.max(0, link.wish - leases.length) } };
  const taken = fresh.slice(0, roomFor(state));
  return andThen(takeLeases(heard, taken), (next) => declineLeases(next, fresh.slice(taken.length)));
}

function takeLeases(state: AgentState, fresh: readonly Assignment[]): Reaction {
  if (fresh.length === 0) return unchanged(state);
  return andThen({ state: counted(state, 'accepted', fresh.length), actions: [{ kind: 'note-leases', leases: fresh }] }, (next) =>
    beginLeases(
      next,
      fresh.map((lease) => ({ ...lease, hasCheckpoint: false })),
    ),
  );
}

/** Before both sides agree nothing is said (WK18): then the next reconcile leaves them out, which says the same. */
const declineLeases = (state: AgentState, surplus: readonly Assignment[]): Reaction => ({
  state: counted(state, 'dropped', surplus.length),
  actions: reconciledLink(state) === null ? [] : releaseFrames(surplus),
});

/** Every outcome is final: only now may a result be forgotten (WK11). */
function settleResults(state: AgentState, link: OnlineLink, { results }: Said<'recorded'>): Reaction {
  const settled = results.filter(({ lease }) => state.results.get(lease)?.stage === 'submitted');
  if (settled.length === 0) return unchanged(state);
  const rest = new Map(state.results);
  let next = state;
  for (const { lease, outcome } of settled) {
    rest.delete(lease);
    next = counted(next, outcome === 'recorded' || outcome === 'late' ? outcome : 'refused');
  }
  const leases = settled.map(({ lease }): LeaseId => lease);
  return {
    state: { ...next, results: rest, link: { ...link, answerBy: isAwaiting(rest) ? link.answerBy : null } },
    actions: [{ kind: 'forget', leases }],
  };
}

const isAwaiting = (results: ResultQueue): boolean => inStage(results, 'submitted').length > 0;
