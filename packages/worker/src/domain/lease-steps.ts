/** The steps of a lease that several events lead to: begin, finish, drop. */
import { type LeaseId, type LeaseResult, LIMITS } from '@manyhands/protocol';
import type { AgentAction, Ending } from './agent-event.ts';
import type { AgentState } from './agent-state.ts';
import { learn } from './budget.ts';
import { type Assignment, type HeldLease, type LeasePhase, refOf, withLeases, withoutLeases } from './lease-book.ts';
import { counted, type Reaction } from './reaction.ts';
import { createFinished } from './result-queue.ts';

/** Takes leases that are new into the book and has them prepared. */
export function beginLeases(state: AgentState, fresh: readonly (Assignment & { hasCheckpoint: boolean })[]): Reaction {
  const held = fresh.map((lease): HeldLease => ({ ...lease, phase: { kind: 'preparing' }, attempt: 1 }));
  return {
    state: { ...state, leases: withLeases(state.leases, held) },
    actions: held.map((lease) => ({ kind: 'prepare', lease })),
  };
}

export const inNextPhase = (state: AgentState, held: HeldLease, phase: LeasePhase): AgentState => ({
  ...state,
  leases: withLeases(state.leases, [{ ...held, phase }]),
});

/** A result exists: from here on it is the result queue's, and it is kept before anybody hears of it (WK11). */
export function finishLease(state: AgentState, held: HeldLease, ending: Exclude<Ending, { status: 'aborted' }>): Reaction {
  const result = resultOf(held, ending);
  const finished = counted(counted(state, 'finished'), 'errors', ending.status === 'error' ? 1 : 0);
  return {
    state: {
      ...finished,
      leases: withoutLeases(state.leases, [held.lease]),
      results: new Map(state.results).set(held.lease, createFinished(result, held.task, 'keeping')),
      tempo: ending.status === 'ok' ? learn(state.tempo, held.task, result.elapsedMs) : state.tempo,
    },
    actions: [{ kind: 'keep', kept: { result, task: held.task } }],
  };
}

const MAX_ELAPSED_MS = 1e12;
/** It was measured in a process that strangers' code may have taken over. */
const clampElapsed = (ms: number): number => (ms >= 0 ? Math.min(MAX_ELAPSED_MS, ms) : 0);

function resultOf(held: HeldLease, ending: Exclude<Ending, { status: 'aborted' }>): LeaseResult {
  const elapsedMs = clampElapsed(ending.elapsedMs);
  if (ending.status === 'ok') return { ...refOf(held), status: 'ok', output: ending.output, elapsedMs };
  return { ...refOf(held), status: 'error', kind: ending.kind, message: ending.message.slice(0, LIMITS.messageLength), elapsedMs };
}

/** The coordinator no longer wants these computed. Results that exist are none of its business: they are submitted all the same. */
export function dropLeases(state: AgentState, leases: readonly LeaseId[]): Reaction {
  const dropped = leases.map((lease) => state.leases.get(lease)).filter((held) => held !== undefined && held.phase.kind !== 'aborting');
  return letGo(counted(state, 'dropped', dropped.length), dropped as HeldLease[], true);
}

/**
 * Ends what is being done for these leases. A running one keeps its thread, and its place in the book, until the sandbox has let go of it.
 * Unless `forget`, the journal keeps them for the next start.
 */
export function letGo(state: AgentState, held: readonly HeldLease[], forget: boolean): Reaction {
  const running = held
    .filter(({ phase }) => phase.kind === 'running')
    .map((lease): HeldLease => ({ ...lease, phase: { kind: 'aborting' } }));
  const leases = held.map(({ lease }) => lease);
  const actions: AgentAction[] = leases.map((lease) => ({ kind: 'abort', lease }));
  if (forget) actions.push({ kind: 'forget', leases });
  return { state: { ...state, leases: withLeases(withoutLeases(state.leases, leases), running) }, actions };
}
