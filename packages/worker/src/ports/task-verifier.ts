import type { SignedTask, TaskId, TaskManifest } from '@manyhands/protocol';

/** A task whose chain up to the pinned project key was checked. */
export interface TrustedTask {
  readonly id: TaskId;
  readonly manifest: TaskManifest;
  /** Whom the project key certifies as its author. */
  readonly author: string;
}

export type Trust = { readonly ok: true; readonly task: TrustedTask } | { readonly ok: false; readonly reason: string };

/** Walks the chain of trust under the pinned project key, now (G6, I43). */
export type VerifyTask = (id: TaskId, signed: SignedTask) => Trust;
