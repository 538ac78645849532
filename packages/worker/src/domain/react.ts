/** What an event changes. What thereby becomes possible is settled afterwards, in settle.ts. */
import type { AgentEvent } from './agent-event.ts';
import type { AgentState, Pause } from './agent-state.ts';
import { hear } from './hear.ts';
import { advanceLease, markUploaded, offerResults } from './lease-news.ts';
import { beginLeases } from './lease-steps.ts';
import { endAgent, loseLink, reconcile } from './link-steps.ts';
import { andThen, type Reaction, unchanged } from './reaction.ts';
import { createFinished } from './result-queue.ts';

type EventOf<K extends AgentEvent['kind']> = Extract<AgentEvent, { kind: K }>;

export function react(state: AgentState, event: AgentEvent): Reaction {
  switch (event.kind) {
    case 'started':
      return restore(state, event);
    case 'welcomed':
      return reconcile(state, event);
    case 'lost':
      return loseLink(state, event);
    case 'said':
      return hear(state, event.message, event.at);
    case 'kept':
      return offerResults(state, event.leases);
    case 'uploaded':
      return markUploaded(state, event.lease);
    case 'pause':
    case 'resume':
    case 'finish':
    case 'stop':
      return obey(state, event);
    case 'journal-failed':
      return endAgent(state, { failure: 'disk', reason: event.reason });
    case 'tick':
      return unchanged(state);
    default:
      return advanceLease(state, event);
  }
}

/** What the journal holds is already on disk: its results are kept, its leases are prepared anew, a pause goes on. */
function restore(state: AgentState, { leases, results, pause }: EventOf<'started'>): Reaction {
  const queue = new Map(results.map(({ result, task }) => [result.lease, createFinished(result, task, 'keeping')] as const));
  const begun = andThen(beginLeases({ ...state, results: queue }, leases), (next) => offerResults(next, [...queue.keys()]));
  return pause === null ? begun : andThen(begun, (next) => paused(next, pause));
}

const paused = (state: AgentState, pause: Pause): Reaction => ({
  state: { ...state, pause },
  actions: state.pause === null ? [{ kind: 'pause-runners' }] : [],
});

/** `endPause` does the same when its time is over. */
export const resumed = (state: AgentState): Reaction =>
  state.pause === null
    ? unchanged(state)
    : { state: { ...state, pause: null }, actions: [{ kind: 'note-pause', pause: null }, { kind: 'resume-runners' }] };

/** The volunteer's word. A stop outranks a finish, and neither is taken back. */
function obey(state: AgentState, event: EventOf<'pause' | 'resume' | 'finish' | 'stop'>): Reaction {
  const { intent } = state;
  switch (event.kind) {
    case 'pause':
      return pauseUntil(state, event.untilAt);
    case 'resume':
      return resumed(state);
    case 'finish':
      return unchanged(intent.kind === 'working' ? { ...state, intent: { kind: 'finishing' } } : state);
    case 'stop':
      return unchanged(
        intent.kind === 'stopping' ? state : { ...state, intent: { kind: 'stopping', graceEndsAt: event.at + graceOf(state) } },
      );
  }
}

function pauseUntil(state: AgentState, untilAt: number | null): Reaction {
  const { state: next, actions } = paused(state, { untilAt });
  return { state: next, actions: [{ kind: 'note-pause', pause: { untilAt } }, ...actions] };
}

/** What is paused would not end within any grace. */
const graceOf = ({ pause, settings }: AgentState): number => (pause === null ? settings.graceMs : 0);
