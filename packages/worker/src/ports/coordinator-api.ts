/** What is fetched from and sent to the coordinator over HTTP. Nothing here throws: a failure is an answer. */
import type { Digest, LeaseRef, SignedTask, TaskId } from '@manyhands/protocol';

export type Answer<T> =
  | { readonly kind: 'ok'; readonly value: T }
  /** Asking again cannot help. In words. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Try again, not before `toldMs` if it is not null. */
  | { readonly kind: 'unavailable'; readonly reason: string; readonly toldMs: number | null };

export interface BlobStream {
  /** The offset of the first byte: what was asked for, or 0 when the coordinator does not resume. */
  readonly from: number;
  /** May throw when the connection breaks. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

export interface CoordinatorApi {
  fetchTask(id: TaskId, signal: AbortSignal): Promise<Answer<SignedTask>>;
  openBlob(digest: Digest, from: number, signal: AbortSignal): Promise<Answer<BlobStream>>;
  /** Stores a lease's output. */
  uploadOutput(lease: LeaseRef, digest: Digest, bytes: Uint8Array, signal: AbortSignal): Promise<Answer<null>>;
}
