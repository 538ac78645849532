/** The one sentence that says why this machine does or does not compute, until when, and how to change it. */
import type { AgentState, LinkState, OnlineLink } from './agent-state.ts';
import { inPhase, waitingCount } from './lease-book.ts';

const units = (count: number): string => `${count} ${count === 1 ? 'unit' : 'units'}`;

export function inWords(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3_600)} h`;
}

/** `at`: epoch milliseconds. One sentence, or two when there is something to do about it. */
export function whySentence(state: AgentState, at: number): string {
  const { intent, pause } = state;
  switch (intent.kind) {
    case 'ended':
      return intent.failure === null ? `Ended: ${intent.reason}.` : `Stopped: ${intent.reason}`;
    case 'stopping':
      return `Stopping: ${running(state)} may run ${inWords(intent.graceEndsAt - at)} more, the rest goes back.`;
    case 'finishing':
      return `Finishing: takes no new work, and ends when ${units(state.leases.size)} and ${owed(state)} are done.${offlineNote(state.link, at)}`;
    case 'working':
      return pause === null ? whyWorking(state, at) : whyPaused(state, pause.untilAt, at);
  }
}

const running = (state: AgentState): string => units(inPhase(state.leases, 'running').length);
const owed = (state: AgentState): string => `${state.results.size} ${state.results.size === 1 ? 'delivery' : 'deliveries'}`;

function whyPaused(state: AgentState, untilAt: number | null, at: number): string {
  const until = untilAt === null ? 'until you resume it' : `for another ${inWords(untilAt - at)}`;
  return `Paused by you ${until}; ${units(state.leases.size)} held. "manyhands resume" goes on at once.`;
}

function whyWorking(state: AgentState, at: number): string {
  const busy = inPhase(state.leases, 'running').length;
  if (busy > 0) {
    return `Computing ${units(busy)}, with ${waitingCount(state.leases)} more at hand.${offlineNote(state.link, at)}`;
  }
  if (inPhase(state.leases, 'preparing').length > 0) {
    return `Fetching what is needed to compute ${units(state.leases.size)}.${offlineNote(state.link, at)}`;
  }
  return state.link.kind === 'online' ? whyIdle(state, state.link, at) : whyUnconnected(state, state.link, at);
}

function offlineNote(link: LinkState, at: number): string {
  if (link.kind !== 'offline') return '';
  return ` The coordinator is out of reach (${link.reason}); results are kept and delivered later, next attempt in ${inWords(link.retryAt - at)}.`;
}

function whyUnconnected(state: AgentState, link: Exclude<LinkState, OnlineLink>, at: number): string {
  const kept = state.results.size === 0 ? '' : ` On disk: ${owed(state)}.`;
  if (link.kind === 'connecting') return `Idle: connecting to the coordinator.${kept}`;
  return `Idle: no connection (${link.reason}); tries again in ${inWords(link.retryAt - at)}.${kept}`;
}

const NO_WORK = {
  'no-jobs': 'the project has no open work',
  'not-eligible': 'the open units need other volunteers: this account has already worked on each of them',
  quota: 'this machine already holds all the project lets it hold',
  suspended: 'too many of its results for the open work were wrong or failed, so the project lets it rest for a while',
  draining: 'the coordinator is about to restart',
  overloaded: 'the coordinator has more volunteers than it can serve right now',
} as const;

function whyIdle(state: AgentState, link: OnlineLink, at: number): string {
  if (link.drainRetryMs !== null) return `Idle: ${NO_WORK.draining}; the connection comes back by itself.`;
  if (state.noWork !== null) return `Idle: ${NO_WORK[state.noWork.reason]}; asks again in ${inWords(state.noWork.untilAt - at)}.`;
  if (link.quota === 0) return 'Idle: the project gives this machine no work at present (its quota is 0).';
  if (state.results.size > 0) return `Delivering ${units(state.results.size)}.`;
  return 'Idle: asked for work, waiting for the answer.';
}
