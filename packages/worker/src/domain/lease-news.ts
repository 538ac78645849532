/** What the fetcher and the executor report of a lease. News of one that has moved on meanwhile changes nothing. */
import type { LeaseId } from '@manyhands/protocol';
import type { AgentAction, AgentEvent } from './agent-event.ts';
import type { AgentState } from './agent-state.ts';
import { type HeldLease, isIn, type LeaseIn, withLeases, withoutLeases } from './lease-book.ts';
import { finishLease, inNextPhase } from './lease-steps.ts';
import { type Reaction, unchanged } from './reaction.ts';
import { type FinishedResult, needsUpload, withStage } from './result-queue.ts';

type EventOf<K extends AgentEvent['kind']> = Extract<AgentEvent, { kind: K }>;
export type LeaseNews = EventOf<'prepared' | 'unusable' | 'spoilt' | 'progressed' | 'checkpointed' | 'ended'>;

export function advanceLease(state: AgentState, news: LeaseNews): Reaction {
  const held = state.leases.get(news.lease);
  if (held === undefined) return unchanged(state);
  if (isIn(held, 'preparing')) return advancePreparing(state, held, news);
  if (isIn(held, 'running')) return advanceRunning(state, held, news);
  const isOver = held.phase.kind === 'aborting' && (news.kind === 'ended' || news.kind === 'spoilt');
  return unchanged(isOver ? without(state, held) : state);
}

const without = (state: AgentState, { lease }: HeldLease): AgentState => ({ ...state, leases: withoutLeases(state.leases, [lease]) });

function advancePreparing(state: AgentState, held: HeldLease, news: LeaseNews): Reaction {
  if (news.kind === 'prepared') return unchanged(inNextPhase(state, held, { kind: 'queued' }));
  if (news.kind !== 'unusable') return unchanged(state);
  return finishLease(state, held, { status: 'error', kind: news.error, message: news.message, elapsedMs: 0 });
}

function advanceRunning(state: AgentState, held: LeaseIn<'running'>, news: LeaseNews): Reaction {
  switch (news.kind) {
    case 'progressed':
      return unchanged(withFraction(state, held, news.fraction));
    case 'checkpointed':
      return unchanged({ ...state, leases: withLeases(state.leases, [{ ...held, hasCheckpoint: true }]) });
    case 'spoilt':
      return prepareAgain(state, held, news.message);
    case 'ended':
      // Aborted without our asking: its runner was closed under it. It is run again.
      if (news.ending.status === 'aborted') return unchanged(inNextPhase(state, held, { kind: 'queued' }));
      return finishLease(state, held, news.ending);
    default:
      return unchanged(state);
  }
}

/** It was measured where strangers' code runs: it may be any number or none. */
const withFraction = (state: AgentState, held: LeaseIn<'running'>, fraction: number): AgentState =>
  inNextPhase(state, held, { ...held.phase, fraction: fraction >= 0 ? Math.min(1, fraction) : 0 });

/** A disk that spoils the same unit again and again would otherwise fetch it for ever. */
const MAX_ATTEMPTS = 3;

function prepareAgain(state: AgentState, held: HeldLease, message: string): Reaction {
  const attempt = held.attempt + 1;
  if (attempt > MAX_ATTEMPTS) return finishLease(state, held, { status: 'error', kind: 'crash', message, elapsedMs: 0 });
  const again: HeldLease = { ...held, phase: { kind: 'preparing' }, attempt };
  return { state: { ...state, leases: withLeases(state.leases, [again]) }, actions: [{ kind: 'prepare', lease: again }] };
}

/** Results that are safe on disk go their way, large ones by an upload first. */
export function offerResults(state: AgentState, leases: readonly LeaseId[]): Reaction {
  const kept = leases.map((lease) => state.results.get(lease)).filter((entry): entry is FinishedResult => entry?.stage === 'keeping');
  const uploads = kept.filter(needsUpload).map(({ result, task }): AgentAction => ({ kind: 'upload', kept: { result, task } }));
  const results = withStage(
    state.results,
    kept.map(({ result }) => result.lease),
    (entry) => (needsUpload(entry) ? 'uploading' : 'ready'),
  );
  return { state: { ...state, results }, actions: uploads };
}

export const markUploaded = (state: AgentState, lease: LeaseId): Reaction =>
  unchanged({ ...state, results: withStage(state.results, [lease], ({ stage }) => (stage === 'uploading' ? 'ready' : stage)) });
