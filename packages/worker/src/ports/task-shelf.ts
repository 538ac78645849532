/** Signed tasks on this machine's disk, so that a restart without a network can go on. They are verified again whenever they are used. */
import type { SignedTask, TaskId } from '@manyhands/protocol';

export interface TaskShelf {
  /** null: not here, or unreadable. */
  find(id: TaskId): Promise<SignedTask | null>;
  store(id: TaskId, signed: SignedTask): Promise<void>;
}
