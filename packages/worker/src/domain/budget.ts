/**
 * How much work to hold so that no thread ever waits for a round trip, and not more:
 * every thread has a unit, a second's worth lies ready behind them, and of long units one or two.
 */
import type { TaskId } from '@manyhands/protocol';
import type { AgentState } from './agent-state.ts';
import { busyCount, type LeaseBook, waiting, waitingCount } from './lease-book.ts';

export interface BudgetSettings {
  /** Units computed at once. */
  readonly threads: number;
  /** How much work shall lie ready, milliseconds. */
  readonly horizonMs: number;
  /** The most leases that lie ready, however small they are. */
  readonly maxAhead: number;
}

/** How long units took lately, milliseconds. Moving averages, from this host's own clock. */
export interface Tempo {
  readonly byTask: ReadonlyMap<TaskId, number>;
  /** Over all tasks; null before the first. */
  readonly recentMs: number | null;
}

export const NEW_TEMPO: Tempo = { byTask: new Map(), recentMs: null };

const WEIGHT = 0.2;
/** Handing a unit to the sandbox and back costs about this, however little it computes. */
const OVERHEAD_MS = 1;

const mix = (before: number | null | undefined, latest: number): number => (before == null ? latest : before + WEIGHT * (latest - before));

export function learn(tempo: Tempo, task: TaskId, elapsedMs: number): Tempo {
  const ms = elapsedMs + OVERHEAD_MS;
  return { byTask: new Map(tempo.byTask).set(task, mix(tempo.byTask.get(task), ms)), recentMs: mix(tempo.recentMs, ms) };
}

/**
 * Units of a task given to the sandbox at once, per thread. One in reserve hides the way there and back;
 * of tiny ones many, since the sandbox runs several per dispatch. A task never measured gets one.
 */
export function depthPerThread(tempo: Tempo, task: TaskId): number {
  const ms = tempo.byTask.get(task);
  if (ms === undefined || ms >= RESERVE_BELOW_MS) return 1;
  return Math.min(MAX_DEPTH, Math.max(2, Math.ceil(DISPATCH_MS / ms)));
}
const RESERVE_BELOW_MS = 1_000;
const DISPATCH_MS = 100;
const MAX_DEPTH = 32;

/** Replicas to wish for beyond what is held. Never negative. The quota is the coordinator's to keep: a standing wish above it is served as results are recorded. */
export function wishFor(settings: BudgetSettings, tempo: Tempo, leases: LeaseBook): number {
  const waitingNow = waitingCount(leases);
  const idle = settings.threads - busyCount(leases) - waitingNow;
  const spare = Math.min(2, settings.threads);
  const needMs = settings.horizonMs * settings.threads;
  // A unit of unknown length counts as a whole horizon, so nothing is hoarded before anything was measured.
  const haveMs = waiting(leases).reduce((sum, { task }) => sum + (tempo.byTask.get(task) ?? settings.horizonMs), 0);
  const byTime = Math.ceil((needMs - haveMs) / (tempo.recentMs ?? settings.horizonMs));
  const byCount = idle + spare;
  return Math.max(0, Math.min(Math.max(byTime, byCount), settings.threads + settings.maxAhead - waitingNow));
}

/** How many leases more this host will take, whoever gives them. */
export const roomFor = ({ settings, leases, results }: Pick<AgentState, 'settings' | 'leases' | 'results'>): number =>
  Math.max(0, settings.maxHeld - leases.size - results.size);

/** Whether every thread knows its next unit. While it does, there is time to gather results and wishes into fewer frames. */
export function hasReserve({ threads }: BudgetSettings, leases: LeaseBook): boolean {
  return waitingCount(leases) + Math.max(0, busyCount(leases) - threads) >= threads;
}

/** A wish is a standing one: it is said again only when it changed much, so that small units do not cost a frame each. */
export const isWorthSaying = (wish: number, said: number): boolean => (wish > said ? wish >= 2 * said : 2 * wish < said);
