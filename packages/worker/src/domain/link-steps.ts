/** A connection opens, is lost, and comes back. */
import type { AgentEvent } from './agent-event.ts';
import type { AgentState, Ended } from './agent-state.ts';
import { RECONNECT, retryDelayMs } from './backoff.ts';
import { reconcileFrames } from './frames.ts';
import { type Reaction, unchanged } from './reaction.ts';
import { inStage, withStage } from './result-queue.ts';

type EventOf<K extends AgentEvent['kind']> = Extract<AgentEvent, { kind: K }>;

/** First of all on a new connection both sides compare what this host holds (WK18). */
export function reconcile(state: AgentState, { at, heartbeatMs, quota }: EventOf<'welcomed'>): Reaction {
  const { link, settings } = state;
  if (link.kind !== 'connecting') return unchanged(state);
  return {
    state: {
      ...state,
      link: {
        kind: 'online',
        attempt: link.attempt,
        openedAt: at,
        heartbeatMs,
        quota,
        reconciled: false,
        answerBy: at + settings.answerMs,
        beatAt: at + heartbeatMs,
        wish: 0,
        askAt: at,
        submitAt: at,
        progressAt: at + settings.progressMs,
        drainRetryMs: null,
      },
    },
    actions: reconcileFrames(state),
  };
}

/** What was submitted and not answered is ready once more: a repeat has no second effect (I4). */
export function loseLink(state: AgentState, { at, fatal, reason, toldMs, draw }: EventOf<'lost'>): Reaction {
  const { link } = state;
  if (link.kind === 'offline') return unchanged(state);
  if (fatal) return endAgent(state, { failure: 'refused', reason });
  const online = link.kind === 'online' ? link : null;
  const wasStable = online !== null && at - online.openedAt >= state.settings.stableMs;
  const attempt = wasStable ? 0 : link.attempt;
  const told = toldMs ?? online?.drainRetryMs ?? null;
  const unanswered = inStage(state.results, 'submitted').map(({ result }) => result.lease);
  return unchanged({
    ...state,
    results: withStage(state.results, unanswered, () => 'ready'),
    link: { kind: 'offline', attempt: attempt + 1, reason, retryAt: at + retryDelayMs(RECONNECT, attempt, told, draw) },
  });
}

/** Nothing more is done here; what is in the journal waits for the next start. */
export const endAgent = (state: AgentState, ended: Ended): Reaction => ({
  state: { ...state, intent: { kind: 'ended', ...ended } },
  actions: [
    { kind: 'disconnect', reason: ended.reason },
    { kind: 'exit', ...ended },
  ],
});
