/** What can happen to the daemon, and what it may ask the world to do about it. */
import type { Downstream, ErrorKind, LeaseId, LeaseResult, Payload, TaskId, Upstream } from '@manyhands/protocol';
import type { Ended, Pause } from './agent-state.ts';
import type { Assignment, HeldLease } from './lease-book.ts';

/** How an execution ended. */
export type Ending =
  | { readonly status: 'ok'; readonly output: Payload; readonly elapsedMs: number }
  | { readonly status: 'error'; readonly kind: ErrorKind; readonly message: string; readonly elapsedMs: number }
  | { readonly status: 'aborted' };

/** What a connection says once it is open. */
export type SessionMessage = Exclude<Downstream, { type: 'challenge' | 'welcome' }>;

export interface KeptResult {
  readonly result: LeaseResult;
  readonly task: TaskId;
}

/** `at`: epoch milliseconds of this machine. */
export type AgentEvent = { readonly at: number } & (
  | {
      /** First of all: what the journal kept from the last run. */
      readonly kind: 'started';
      readonly leases: readonly (Assignment & { readonly hasCheckpoint: boolean })[];
      readonly results: readonly KeptResult[];
      readonly pause: Pause | null;
    }
  | { readonly kind: 'welcomed'; readonly heartbeatMs: number; readonly quota: number }
  /** `fatal`: coming back cannot help. `toldMs`: when the coordinator wants us back. `draw`: uniform in [0, 1). */
  | { readonly kind: 'lost'; readonly fatal: boolean; readonly reason: string; readonly toldMs: number | null; readonly draw: number }
  | { readonly kind: 'said'; readonly message: SessionMessage }
  | { readonly kind: 'prepared'; readonly lease: LeaseId }
  /** It can never be prepared: its task is not to be trusted, its input is gone. */
  | { readonly kind: 'unusable'; readonly lease: LeaseId; readonly error: ErrorKind; readonly message: string }
  /** What had been prepared is no longer there or no longer whole. */
  | { readonly kind: 'spoilt'; readonly lease: LeaseId; readonly message: string }
  | { readonly kind: 'progressed'; readonly lease: LeaseId; readonly fraction: number }
  | { readonly kind: 'checkpointed'; readonly lease: LeaseId }
  | { readonly kind: 'ended'; readonly lease: LeaseId; readonly ending: Ending }
  /** The journal holds these results; a crash no longer takes them. */
  | { readonly kind: 'kept'; readonly leases: readonly LeaseId[] }
  | { readonly kind: 'uploaded'; readonly lease: LeaseId }
  | { readonly kind: 'pause'; readonly untilAt: number | null }
  | { readonly kind: 'resume' }
  | { readonly kind: 'finish' }
  | { readonly kind: 'stop' }
  /** The disk under the journal failed: nothing can be promised any more. */
  | { readonly kind: 'journal-failed'; readonly reason: string }
  | { readonly kind: 'tick' }
);

export type AgentAction =
  | { readonly kind: 'connect' }
  | { readonly kind: 'send'; readonly message: Exclude<Upstream, { type: 'hello' }> }
  | { readonly kind: 'disconnect'; readonly reason: string }
  | { readonly kind: 'prepare'; readonly lease: HeldLease }
  | { readonly kind: 'run'; readonly lease: HeldLease }
  /** Stop preparing or computing it. A running one still answers with `ended`. */
  | { readonly kind: 'abort'; readonly lease: LeaseId }
  | { readonly kind: 'note-leases'; readonly leases: readonly Assignment[] }
  /** Put the result on disk, then say `kept`. */
  | { readonly kind: 'keep'; readonly kept: KeptResult }
  | { readonly kind: 'upload'; readonly kept: KeptResult }
  /** Nothing of these leases is needed any more, here or in the journal. */
  | { readonly kind: 'forget'; readonly leases: readonly LeaseId[] }
  /** For the next start; null: there is none any more. */
  | { readonly kind: 'note-pause'; readonly pause: Pause | null }
  | { readonly kind: 'pause-runners' }
  | { readonly kind: 'resume-runners' }
  | ({ readonly kind: 'exit' } & Ended);
