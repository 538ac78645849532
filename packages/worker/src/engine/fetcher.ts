/** Brings everything a lease needs to this machine before it is computed: trust, bundle, input, blobs. */
import { blobsOf, type Digest, digestSchema, type ErrorKind, type LeaseId, LIMITS } from '@manyhands/protocol';
import type { HeldLease } from '../domain/lease-book.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Log } from '../ports/log.ts';
import type { Dispatch } from './agent-loop.ts';
import type { Patience } from './patience.ts';
import type { TaskTrust } from './task-trust.ts';

export interface FetcherParts {
  readonly blobs: BlobStore;
  readonly trust: TaskTrust;
  readonly patience: Patience;
  readonly dispatch: Dispatch;
  readonly log: Log;
}

/** A lease that can never be prepared, and what its result will say. */
class Unusable extends Error {
  readonly error: ErrorKind;
  constructor(error: ErrorKind, message: string) {
    super(message);
    this.error = error;
  }
}

export class Fetcher {
  readonly #parts: FetcherParts;
  readonly #preparing = new Map<LeaseId, AbortController>();

  constructor(parts: FetcherParts) {
    this.#parts = parts;
  }

  /** Answers with `prepared` or `unusable`, unless aborted. */
  prepare(held: HeldLease): void {
    const controller = new AbortController();
    this.#preparing.set(held.lease, controller);
    this.#fetch(held, controller.signal)
      .then(
        () => this.#parts.dispatch({ kind: 'prepared', lease: held.lease }),
        (error: unknown) => this.#fail(held, controller.signal, error),
      )
      .finally(() => {
        if (this.#preparing.get(held.lease) === controller) this.#preparing.delete(held.lease);
      });
  }

  abort(lease: LeaseId): void {
    this.#preparing.get(lease)?.abort(new Error('no longer wanted'));
  }

  close(): void {
    for (const lease of this.#preparing.keys()) this.abort(lease);
  }

  #fail(held: HeldLease, signal: AbortSignal, error: unknown): void {
    if (signal.aborted) return;
    const { message } = error as Error;
    const kind = error instanceof Unusable ? error.error : 'crash';
    this.#parts.log.warn({ lease: held.lease, task: held.task, kind, reason: message }, 'a unit cannot be computed here');
    this.#parts.dispatch({ kind: 'unusable', lease: held.lease, error: kind, message });
  }

  async #fetch(held: HeldLease, signal: AbortSignal): Promise<void> {
    const trust = await this.#parts.trust.of(held.task);
    signal.throwIfAborted();
    if (!trust.ok) throw new Unusable('untrusted', `not run: ${trust.reason}`);
    const { bundle, bundleBytes } = trust.task.manifest;
    await this.#bring(held.lease, bundle, bundleBytes, signal, 'untrusted', 'bundle');
    const text = await this.#inputText(held, signal);
    for (const digest of blobsNamedIn(text)) await this.#bring(held.lease, digest, LIMITS.blobBytes, signal, 'input', 'blob of the input');
  }

  async #inputText({ lease, input }: HeldLease, signal: AbortSignal): Promise<string> {
    if (typeof input === 'string') return input;
    await this.#bring(lease, input.blob, input.bytes, signal, 'input', 'input');
    return decodeInput(await this.#parts.blobs.read(input.blob));
  }

  async #bring(lease: LeaseId, digest: Digest, limitBytes: number, signal: AbortSignal, error: ErrorKind, what: string): Promise<void> {
    const { blobs, patience } = this.#parts;
    blobs.hold(lease, digest);
    const answer =
      blobs.find(digest, limitBytes) ??
      (await patience.insist(`${what} ${digest}`, () => blobs.ensure(digest, limitBytes, signal), signal));
    if (answer.kind === 'refused') throw new Unusable(error, `the ${what} ${digest} is not to be had: ${answer.reason}`);
  }
}

function decodeInput(bytes: Uint8Array | null): string {
  if (bytes === null) throw new Unusable('crash', 'the input was damaged on this disk right after it was fetched');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Unusable('input', 'the input is no UTF-8 text');
  }
}

/** The digests of the blobs that an input refers to. */
function blobsNamedIn(text: string): Digest[] {
  let names: string[];
  try {
    names = blobsOf(text);
  } catch (error) {
    throw new Unusable('input', `the input is not JSON: ${(error as Error).message}`);
  }
  return names.map((name) => {
    const digest = digestSchema.safeParse(name);
    if (!digest.success) throw new Unusable('input', `the input names a blob by a malformed digest: ${name.slice(0, 100)}`);
    return digest.data;
  });
}
