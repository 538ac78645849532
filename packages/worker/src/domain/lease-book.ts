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

export function withLeases(book: LeaseBook, leases: readonly HeldLease[]): LeaseBook {
  if (leases.length === 0) return book;
  const next = new Map(book);
  for (const held of leases) next.set(held.lease, held);
  return next;
}

export function withoutLeases(book: LeaseBook, gone: Iterable<LeaseId>): LeaseBook {
  const rest = new Map(book);
  for (const lease of gone) rest.delete(lease);
  return rest;
}

type PhaseKind = LeasePhase['kind'];
export type LeaseIn<K extends PhaseKind> = HeldLease & { readonly phase: Extract<LeasePhase, { kind: K }> };
type Phases = { readonly [K in PhaseKind]: LeaseIn<K>[] };

export const isIn = <K extends PhaseKind>(held: HeldLease, kind: K): held is LeaseIn<K> => held.phase.kind === kind;

/** A book never changes, and every rule asks for its phases several times a step: sorted once, remembered as long as the book. */
const sorted = new WeakMap<LeaseBook, Phases>();

function phasesOf(book: LeaseBook): Phases {
  const known = sorted.get(book);
  if (known !== undefined) return known;
  const phases: Phases = { preparing: [], queued: [], running: [], aborting: [] };
  for (const held of book.values()) (phases[held.phase.kind] as HeldLease[]).push(held);
  sorted.set(book, phases);
  return phases;
}

/** In order of arrival. */
export const inPhase = <K extends PhaseKind>(book: LeaseBook, kind: K): readonly LeaseIn<K>[] => phasesOf(book)[kind];

/** Those that have not begun. */
export const waiting = (book: LeaseBook): HeldLease[] => [...inPhase(book, 'preparing'), ...inPhase(book, 'queued')];

/** Those that are this host's and not finished. */
export const unfinished = (book: LeaseBook): HeldLease[] => [...inPhase(book, 'running'), ...waiting(book)];

export const waitingCount = (book: LeaseBook): number => inPhase(book, 'preparing').length + inPhase(book, 'queued').length;

/** How many executions occupy the sandbox. */
export const busyCount = (book: LeaseBook): number => inPhase(book, 'running').length + inPhase(book, 'aborting').length;
