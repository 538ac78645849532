/** Brings outputs that are too large for a frame to the coordinator, so that their results can be submitted. */
import type { Digest, LeaseResult } from '@manyhands/protocol';
import type { KeptResult } from '../domain/agent-event.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { CoordinatorApi } from '../ports/coordinator-api.ts';
import type { Log } from '../ports/log.ts';
import type { Dispatch } from './agent-loop.ts';
import type { Patience } from './patience.ts';

export interface UploaderParts {
  readonly api: CoordinatorApi;
  readonly blobs: BlobStore;
  readonly patience: Patience;
  readonly dispatch: Dispatch;
  readonly log: Log;
  /** Aborted when the daemon ends. */
  readonly closing: AbortSignal;
}

/** The blob a result names, or null when its output is inline or it has none. */
export const outputBlob = (result: LeaseResult): Digest | null =>
  result.status === 'ok' && typeof result.output !== 'string' ? result.output.blob : null;

export class Uploader {
  readonly #parts: UploaderParts;

  constructor(parts: UploaderParts) {
    this.#parts = parts;
  }

  /** Answers with `uploaded` as soon as trying again cannot help: what becomes of the result is for the coordinator to say. */
  upload({ result }: KeptResult): void {
    const digest = outputBlob(result);
    if (digest === null) throw new Error('only an output that is a blob is uploaded');
    this.#bring(result, digest).then(
      () => this.#parts.dispatch({ kind: 'uploaded', lease: result.lease }),
      (error: unknown) => {
        if (!this.#parts.closing.aborted) throw error;
      },
    );
  }

  async #bring(result: LeaseResult, digest: Digest): Promise<void> {
    const { api, blobs, patience, log, closing } = this.#parts;
    const facts = { lease: result.lease, digest };
    const bytes = await blobs.read(digest);
    if (bytes === null) return log.error(facts, 'an output was damaged on this disk before it could be uploaded');
    const answer = await patience.insist(`upload of ${digest}`, () => api.uploadOutput(result, digest, bytes, closing), closing);
    if (answer.kind === 'refused') log.warn({ ...facts, reason: answer.reason }, 'the coordinator does not want an output');
  }
}
