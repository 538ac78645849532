/** What must survive a crash: leases with their inputs, checkpoints, results not yet recorded, and the volunteer's pause. Rules WK30… in docs/spec/worker.md. */
import type { LeaseId } from '@manyhands/protocol';
import type { KeptResult } from '../domain/agent-event.ts';
import type { Pause } from '../domain/agent-state.ts';
import type { Assignment } from '../domain/lease-book.ts';

export interface Restored {
  readonly leases: readonly (Assignment & { readonly hasCheckpoint: boolean })[];
  readonly results: readonly KeptResult[];
  /** null: it was not paused. */
  readonly pause: Pause | null;
}

export interface Journal extends AsyncDisposable {
  /** What the last run left. */
  readonly restored: Restored;
  noteLeases(leases: readonly Assignment[]): void;
  noteCheckpoint(lease: LeaseId, state: string): void;
  /** The last state noted; null: start from the beginning. */
  checkpointOf(lease: LeaseId): string | null;
  /** Resolves when the result would survive power loss; rejects when it never will. */
  keep(kept: KeptResult): Promise<void>;
  forget(leases: readonly LeaseId[]): void;
  /** null: it is over. */
  notePause(pause: Pause | null): void;
  /** Settles when the disk failed; never otherwise. Nothing is written after that. */
  readonly failed: Promise<Error>;
}
