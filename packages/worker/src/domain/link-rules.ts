/** What is said, and when: connect, ask, submit, beat, report. */
import type { AgentState, OnlineLink } from './agent-state.ts';
import { hasReserve, isWorthSaying, roomFor, wishFor } from './budget.ts';
import { progressFrames, progressNews, renewFrames } from './frames.ts';
import { type HeldLease, inPhase, withLeases } from './lease-book.ts';
import { inStage, nextBatch, withStage } from './result-queue.ts';
import { type Rule, reconciledLink } from './rule.ts';

const withOnline = (state: AgentState, change: Partial<OnlineLink>): AgentState => ({
  ...state,
  link: { ...(state.link as OnlineLink), ...change },
});

export const reconnect: Rule = {
  dueAt: ({ link, intent }) => (link.kind === 'offline' && intent.kind !== 'stopping' ? link.retryAt : null),
  act: (state) => ({
    state: { ...state, link: { kind: 'connecting', attempt: state.link.attempt } },
    actions: [{ kind: 'connect' }],
  }),
};

export const breakSilence: Rule = {
  dueAt: ({ link }) => (link.kind === 'online' ? link.answerBy : null),
  act: (state) => ({
    state: withOnline(state, { answerBy: null }),
    actions: [{ kind: 'disconnect', reason: 'the coordinator left a question unanswered' }],
  }),
};

/** While the threads have enough to do, frames of one kind keep a distance, so that tiny units do not become a frame each. */
const paced = (state: AgentState, notBefore: number): number => (hasReserve(state.settings, state.leases) ? notBefore : 0);

/** One submit in flight; what is finished meanwhile goes with the next. */
export const submitResults: Rule = {
  dueAt(state) {
    const link = reconciledLink(state);
    const canSubmit = link !== null && inStage(state.results, 'submitted').length === 0 && inStage(state.results, 'ready').length > 0;
    return canSubmit ? paced(state, link.submitAt) : null;
  },
  act(state, at) {
    const results = nextBatch(state.results);
    const sent = withStage(
      state.results,
      results.map(({ lease }) => lease),
      () => 'submitted',
    );
    const { paceMs, answerMs } = state.settings;
    return {
      state: withOnline({ ...state, results: sent }, { submitAt: at + paceMs, answerBy: at + answerMs }),
      actions: [{ kind: 'send', message: { type: 'submit', results } }],
    };
  },
};

export const beat: Rule = {
  dueAt: (state) => reconciledLink(state)?.beatAt ?? null,
  act: (state, at) => ({ state: withOnline(state, { beatAt: at + (state.link as OnlineLink).heartbeatMs }), actions: renewFrames(state) }),
};

/** The volunteer wants work, and nobody said to wait. */
function wishOf(state: AgentState): number {
  if (state.intent.kind !== 'working' || state.pause !== null) return 0;
  return Math.min(roomFor(state), wishFor(state.settings, state.tempo, state.leases));
}

/** After a `no-work` only less may be wished for, until the time it named (I32). */
export const askForWork: Rule = {
  dueAt(state) {
    const link = reconciledLink(state);
    if (link === null || link.drainRetryMs !== null) return null;
    const wish = wishOf(state);
    if (state.noWork !== null && wish > 0) return Math.max(paced(state, link.askAt), state.noWork.untilAt);
    return isWorthSaying(wish, link.wish) ? paced(state, link.askAt) : null;
  },
  act(state, at) {
    const replicas = wishOf(state);
    return {
      state: {
        ...withOnline(state, { wish: replicas, askAt: at + state.settings.paceMs }),
        // To wish for nothing is not to ask.
        noWork: replicas === 0 ? state.noWork : null,
      },
      actions: [{ kind: 'send', message: { type: 'request-work', replicas } }],
    };
  },
};

export const reportProgress: Rule = {
  dueAt: (state) => (progressNews(state).length > 0 ? (reconciledLink(state)?.progressAt ?? null) : null),
  act(state, at) {
    const told = inPhase(state.leases, 'running').map(
      (held): HeldLease => ({ ...held, phase: { ...held.phase, reported: held.phase.fraction } }),
    );
    return {
      state: withOnline({ ...state, leases: withLeases(state.leases, told) }, { progressAt: at + state.settings.progressMs }),
      actions: progressFrames(state),
    };
  },
};
