/**
 * The leases in this host's hands that have no result yet.
 *
 *   preparing → queued → running → gone, its result is in the result queue
 *   preparing | queued → gone, when it is dropped or given back
 *   running → aborting → gone, when the thread it occupied is free again
 *
 * A lease in `aborting` is no longer ours: it only keeps a thread busy.
 */
import type { LeaseId, LeaseRef, Payload, TaskId } from '@manyhands/protocol';

/** What was handed to this host: enough to compute the unit again after a restart. */
export interface Assignment extends LeaseRef {
  readonly task: TaskId;
  readonly input: Payload;
  /** What `Date` shows inside the task, epoch milliseconds. */
  readonly frozenAt: number;
}

export type LeasePhase =
  /** Its task, bundle and blobs are on their way here. */
  | { readonly kind: 'preparing' }
  | { readonly kind: 'queued' }
  /** `reported` is the fraction the coordinator has heard of. */
  | { readonly kind: 'running'; readonly fraction: number; readonly reported: number }
  | { readonly kind: 'aborting' };

export interface HeldLease extends Assignment {
  readonly phase: LeasePhase;
  /** How often it was prepared, this time included. */
  readonly attempt: number;
  /** The journal holds a state it can go on from. */
  readonly hasCheckpoint: boolean;
}

/** In order of arrival: that is the order in which units are computed. */
export type LeaseBook = ReadonlyMap<LeaseId, HeldLease>;

export const refOf = ({ lease, job, index }: LeaseRef): LeaseRef => ({ lease, job, index });

export const withLeases = (book: LeaseBook, leases: readonly HeldLease[]): LeaseBook =>
  leases.length === 0 ? book : new Map([...book, ...leases.map((held) => [held.lease, held] as const)]);

export function withoutLeases(book: LeaseBook, gone: Iterable<LeaseId>): LeaseBook {
  const rest = new Map(book);
  for (const lease of gone) rest.delete(lease);
  return rest;
}

type PhaseKind = LeasePhase['kind'];
export type LeaseIn<K extends PhaseKind> = HeldLease & { readonly phase: Extract<LeasePhase, { kind: K }> };

export const isIn = <K extends PhaseKind>(held: HeldLease, ...kinds: K[]): held is LeaseIn<K> =>
  (kinds as PhaseKind[]).includes(held.phase.kind);

export const inPhase = <K extends PhaseKind>(book: LeaseBook, ...kinds: K[]): LeaseIn<K>[] =>
  [...book.values()].filter((held): held is LeaseIn<K> => isIn(held, ...kinds));

/** Those that are this host's and not finished. */
export const unfinished = (book: LeaseBook): HeldLease[] => inPhase(book, 'preparing', 'queued', 'running');

/** How many executions occupy the sandbox. */
export const busyCount = (book: LeaseBook): number => inPhase(book, 'running', 'aborting').length;
