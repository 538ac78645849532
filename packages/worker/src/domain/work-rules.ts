/** What is computed, and how the daemon comes to an end: in its own time after `finish`, soon after `stop`. */
import type { AgentState } from './agent-state.ts';
import { depthPerThread } from './budget.ts';
import { releaseFrames } from './frames.ts';
import { busyCount, type HeldLease, inPhase, unfinished, waiting, waitingCount, withLeases } from './lease-book.ts';
import { letGo } from './lease-steps.ts';
import { endAgent } from './link-steps.ts';
import { resumed } from './react.ts';
import { andThen, counted, unchanged } from './reaction.ts';
import { inStage } from './result-queue.ts';
import { atOnceIf, type Rule, reconciledLink } from './rule.ts';

export const endPause: Rule = {
  dueAt: ({ pause }) => pause?.untilAt ?? null,
  act: resumed,
};

/** In order of arrival, as many at once as keep every thread busy. */
function nextRuns({ intent, pause, leases, settings, tempo }: AgentState): HeldLease[] {
  if (intent.kind === 'stopping' || pause !== null) return [];
  const runs: HeldLease[] = [];
  const busy = busyCount(leases);
  for (const held of inPhase(leases, 'queued')) {
    if (busy + runs.length >= settings.threads * depthPerThread(tempo, held.task)) break;
    runs.push(held);
  }
  return runs;
}

export const startRuns: Rule = {
  dueAt: (state) => atOnceIf(nextRuns(state).length > 0),
  act(state) {
    const running = nextRuns(state).map((held): HeldLease => ({ ...held, phase: { kind: 'running', fraction: 0, reported: 0 } }));
    return {
      state: counted({ ...state, leases: withLeases(state.leases, running) }, 'started', running.length),
      actions: running.map((lease) => ({ kind: 'run', lease })),
    };
  },
};

/** On a stop, what waits is given back at once, what runs when its grace is over (WK21). */
export const giveBack: Rule = {
  dueAt({ intent, leases }) {
    if (intent.kind !== 'stopping') return null;
    if (waitingCount(leases) > 0) return 0;
    return inPhase(leases, 'running').length > 0 ? intent.graceEndsAt : null;
  },
  act(state, at) {
    const graceIsOver = state.intent.kind === 'stopping' && at >= state.intent.graceEndsAt;
    const left = graceIsOver ? unfinished(state.leases) : waiting(state.leases);
    // Where nobody can be told, and where a checkpoint would be lost, the journal keeps the lease for the next start.
    const isReturned = (held: HeldLease): boolean => reconciledLink(state) !== null && !held.hasCheckpoint;
    const returned = left.filter(isReturned);
    const kept = left.filter((held) => !isReturned(held));
    return [
      (next: AgentState) => ({ state: next, actions: releaseFrames(returned) }),
      (next: AgentState) => letGo(next, returned, true),
      (next: AgentState) => letGo(next, kept, false),
    ].reduce(andThen, unchanged(state));
  },
};

/** After the grace, for a sandbox that does not let go and a coordinator that does not answer. */
const LAST_CALL_MS = 2_000;

/** From when on nothing is left to wait for; null: something is. */
function doneAt(state: AgentState): number | null {
  const { intent, leases, results } = state;
  const isEmptyHanded = leases.size === 0 && results.size === 0;
  if (intent.kind === 'finishing') return atOnceIf(isEmptyHanded);
  if (intent.kind !== 'stopping') return null;
  if (leases.size > 0 || inStage(results, 'keeping').length > 0) return intent.graceEndsAt + LAST_CALL_MS;
  return isEmptyHanded || reconciledLink(state) === null ? 0 : intent.graceEndsAt;
}

export const end: Rule = {
  dueAt: doneAt,
  act: (state) => endAgent(state, { failure: null, reason: state.intent.kind === 'finishing' ? 'all it held is done' : 'it was stopped' }),
};
