/** What an event changes. What thereby becomes possible is settled afterwards, in settle.ts. */
import type { AgentEvent } from './agent-event.ts';
import type { AgentState } from './agent-state.ts';
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

/** What the journal holds is already on disk: its results are kept, its leases are prepared anew. */
function restore(state: AgentState, { leases, results }: EventOf<'started'>): Reaction {
  const queue = new Map(results.map(({ result, task }) => [result.lease, createFinished(result, task, 'keeping')] as const));
  return andThen(beginLeases({ ...state, results: queue }, leases), (next) => offerResults(next, [...queue.keys()]));
}

/** The volunteer's word. A stop outranks a finish, and neither is taken back. */
function obey(state: AgentState, event: EventOf<'pause' | 'resume' | 'finish' | 'stop'>): Reaction {
  const { intent, pause } = state;
  switch (event.kind) {
    case 'pause':
      return { state: { ...state, pause: { untilAt: event.untilAt } }, actions: pause === null ? [{ kind: 'pause-runners' }] : [] };
    case 'resume':
      return { state: { ...state, pause: null }, actions: pause === null ? [] : [{ kind: 'resume-runners' }] };
    case 'finish':
      return unchanged(intent.kind === 'working' ? { ...state, intent: { kind: 'finishing' } } : state);
    case 'stop':
      return unchanged(
        intent.kind === 'stopping' ? state : { ...state, intent: { kind: 'stopping', graceEndsAt: event.at + graceOf(state) } },
      );
  }
}

/** What is paused would not end within any grace. */
const graceOf = ({ pause, settings }: AgentState): number => (pause === null ? settings.graceMs : 0);
