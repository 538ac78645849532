/** All that the daemon knows. */
import type { Downstream } from '@manyhands/protocol';
import type { BudgetSettings, Tempo } from './budget.ts';
import type { LeaseBook } from './lease-book.ts';
import type { ResultQueue } from './result-queue.ts';

export interface AgentSettings extends BudgetSettings {
  /** Leases and unacknowledged results at once, whatever the coordinator says: what it gives is written to this disk. */
  readonly maxHeld: number;
  /** Least time between two frames of the same kind, so that tiny units do not become a frame each. */
  readonly paceMs: number;
  readonly progressMs: number;
  /** A coordinator that leaves a question open this long is taken for dead. */
  readonly answerMs: number;
  /** A connection that lasted this long counts as a success. */
  readonly stableMs: number;
  /** How long running units may go on after a stop. */
  readonly graceMs: number;
}

export const DEFAULT_SETTINGS: Omit<AgentSettings, 'threads'> = {
  horizonMs: 1_000,
  maxAhead: 256,
  maxHeld: 1_024,
  paceMs: 150,
  progressMs: 2_000,
  answerMs: 60_000,
  stableMs: 10_000,
  graceMs: 5_000,
};

/** `failure`: `refused` the coordinator ended it for good · `disk` nothing can be kept any more · null it ended as it was told to. */
export interface Ended {
  readonly failure: 'refused' | 'disk' | null;
  /** In words. */
  readonly reason: string;
}

/**
 * working → finishing (take nothing new, complete and deliver what is held) → ended
 *         → stopping (let running units end within a grace, give the rest back) → ended
 */
export type Intent =
  | { readonly kind: 'working' }
  | { readonly kind: 'finishing' }
  | { readonly kind: 'stopping'; readonly graceEndsAt: number }
  | ({ readonly kind: 'ended' } & Ended);

export type NoWork = { readonly reason: Extract<Downstream, { type: 'no-work' }>['reason']; readonly untilAt: number };

/** offline → connecting → online (first reconciling, then reconciled) → offline */
export type LinkState =
  | { readonly kind: 'offline'; readonly attempt: number; readonly retryAt: number; readonly reason: string }
  | { readonly kind: 'connecting'; readonly attempt: number }
  | OnlineLink;

export interface OnlineLink {
  readonly kind: 'online';
  /** Failed attempts before this connection; forgotten once it proved stable. */
  readonly attempt: number;
  readonly openedAt: number;
  readonly heartbeatMs: number;
  readonly quota: number;
  /** Both sides agree on who holds what; nothing else is said before. */
  readonly reconciled: boolean;
  /** When a reconcile or submit will have waited too long for its answer; null: nothing is open. */
  readonly answerBy: number | null;
  readonly beatAt: number;
  /** Replicas the coordinator still believes we wish for. */
  readonly wish: number;
  readonly askAt: number;
  readonly submitAt: number;
  readonly progressAt: number;
  /** The coordinator is about to stop and said after how long to come back; null: it is not. */
  readonly drainRetryMs: number | null;
}

/** `untilAt` null: until told to resume. */
export interface Pause {
  readonly untilAt: number | null;
}

/** Since the daemon started. */
export interface Tally {
  readonly accepted: number;
  readonly started: number;
  readonly finished: number;
  /** Of those finished, results that say why there is no output. */
  readonly errors: number;
  readonly recorded: number;
  readonly late: number;
  /** Answered `refused` or `unknown`. */
  readonly refused: number;
  readonly dropped: number;
}

export interface AgentState {
  readonly settings: AgentSettings;
  readonly intent: Intent;
  /** null: not paused. */
  readonly pause: Pause | null;
  readonly link: LinkState;
  /** The coordinator's last word on our wish, when it was no; it outlives the connection (I32). null: it has not refused. */
  readonly noWork: NoWork | null;
  readonly leases: LeaseBook;
  readonly results: ResultQueue;
  readonly tempo: Tempo;
  readonly tally: Tally;
}
