/** What a command does to a unit, as data: the unit machine's answer. */
import type { HostId, VerifyPolicy } from '@manyhands/protocol';
import type { Ending, Posting, StoredResult } from './change-set.ts';
import type { JobCounts } from './job.ts';
import type { HostEvent } from './standing.ts';
import type { UnitEffect } from './unit-effect.ts';
import type { WorkUnit } from './work-unit.ts';

/** What a decision may depend on besides the unit. `now` is the coordinator's clock, epoch milliseconds (I33). */
export interface TransitionContext {
  readonly now: number;
  readonly verify: VerifyPolicy;
  /** The task's own limit: bounds credit (I25). */
  readonly timeoutMs: number;
  /** What results of the job usually earn, microcredits (credit-gauge.ts); null: too few to tell. */
  readonly typicalCredit: number | null;
  readonly maxReplicas: number;
  readonly maxErrors: number;
  /** What is known of the hosts of the job; only `confidence` looks at it. */
  readonly trust: TrustView;
}

export interface TrustView {
  /** Checks the host passed in this job; null: its word does not count. */
  checksOf(host: HostId): number | null;
  /** Whether it was not convicted in this job since it had passed so many checks. */
  hasStill(host: HostId, checks: number): boolean;
  /** Odds that a host whose word counts is a liar (odds.ts). */
  readonly phi: number;
  /** Share of answers on the word of so many agreeing hosts that are audited at once. */
  auditShare(members: number): number;
  /** The job has too few units whose answer is beyond doubt to check newcomers on: the referee may make one. */
  readonly lacksCanaries: boolean;
  /** The referee was asked so seldom that it may look at what newcomers alone speak against. */
  readonly mayLookAgain: boolean;
}

/** Nobody is known: under `quorum` and `proof` nobody needs to be. */
export const NO_TRUST: TrustView = {
  checksOf: () => null,
  hasStill: () => true,
  phi: 1,
  auditShare: () => 1,
  lacksCanaries: false,
  mayLookAgain: false,
};

/**
 * `issued` · `renewed` the lease stands until `deadlineAt` · `ended` it does not stand any more ·
 * `recorded`, `late`, `unknown` what became of a result (protocol/result.ts) · `refused` it breaks a rule, named in words ·
 * `done` the command took effect · `ignored` there was nothing for it to do.
 */
export type UnitOutcome =
  | { readonly kind: 'issued' }
  | { readonly kind: 'renewed'; readonly deadlineAt: number }
  | { readonly kind: 'ended' | 'recorded' | 'late' | 'unknown' | 'done' | 'ignored' }
  | { readonly kind: 'refused'; readonly reason: string };

export type CountsDelta = Partial<Readonly<Record<keyof JobCounts, number>>>;

export interface Transition {
  /** The very same object when nothing changed. Its revision is left alone: the commit raises it. */
  readonly unit: WorkUnit;
  readonly outcome: UnitOutcome;
  readonly effects: readonly UnitEffect[];
  readonly results: readonly StoredResult[];
  /** null: the unit did not end now. */
  readonly ending: Ending | null;
  readonly postings: readonly Posting[];
  readonly countsDelta: CountsDelta;
  /** What the hosts concerned earned or lost by it. */
  readonly hostEvents: readonly HostEvent[];
}

export const NOTHING: readonly never[] = [];

/** A transition that changes only what is named. */
export function toTransition(unit: WorkUnit, outcome: UnitOutcome, changes: Partial<Transition> = {}): Transition {
  return {
    unit,
    outcome,
    effects: changes.effects ?? NOTHING,
    results: changes.results ?? NOTHING,
    ending: changes.ending ?? null,
    postings: changes.postings ?? NOTHING,
    countsDelta: changes.countsDelta ?? {},
    hostEvents: changes.hostEvents ?? NOTHING,
  };
}
