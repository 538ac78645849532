/**
 * One HTTP request to the coordinator, tried until it answers. Safe, because every request of the author's API
 * may be repeated without a second effect: blobs and tasks are named by digest, jobs by key, chunks by number (I5).
 */
import { errorBodySchema } from '@manyhands/protocol';
import { SdkError } from '../sdk-error.ts';
import { backoffMs, realTiming, type Timing } from './patience.ts';

export interface RequesterOptions {
  /** Base address of the coordinator, without `/v1`. */
  readonly url: string;
  /** null: read only what everybody may. */
  readonly token: string | null;
  /** How long one request is tried before it fails as `unreachable`, milliseconds. */
  readonly patienceMs: number;
  /** Ends every request and every wait. */
  readonly signal?: AbortSignal | undefined;
  readonly timing?: Timing;
  /** Told before each wait, so that a person can be told. */
  readonly onRetry?: (retry: { readonly reason: string; readonly waitMs: number }) => void;
}

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** With the leading `/v1/`. */
  readonly path: string;
  readonly body?: string | Uint8Array;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
  /** Statuses to hand back instead of throwing for, e.g. 404 of a HEAD. */
  readonly accept?: readonly number[];
}

/** The request may succeed later: the coordinator is restarting, overloaded, or behind a proxy that cannot reach it. */
const PASSING = new Set([429, 502, 503, 504]);

type Attempt = { readonly answer: Response } | { readonly reason: string; readonly retryAfterMs: number; readonly cause: unknown };

export class Requester {
  readonly url: string;
  readonly #options: RequesterOptions;
  readonly #timing: Timing;

  constructor(options: RequesterOptions) {
    this.url = options.url.replace(/\/+$/, '');
    this.#options = options;
    this.#timing = options.timing ?? realTiming;
  }

  /** The answer, its body unread. Throws SdkError `refused` or `unreachable`, or the signal's reason. */
  async send(request: HttpRequest): Promise<Response> {
    let waitedMs = 0;
    for (let tries = 0; ; tries++) {
      const attempt = await this.#try(request);
      if ('answer' in attempt) return attempt.answer;
      if (waitedMs >= this.#options.patienceMs) throw this.#unreachable(attempt.reason, attempt.cause);
      waitedMs += await this.pause(tries, attempt.reason, { atLeastMs: attempt.retryAfterMs, signal: request.signal });
    }
  }

  /** Waits before another try; resolves to the time waited, milliseconds. */
  async pause(tries: number, reason: string, { atLeastMs = 0, signal }: { atLeastMs?: number; signal?: AbortSignal | undefined } = {}) {
    const waitMs = Math.max(atLeastMs, backoffMs(tries, this.#timing.random()));
    this.#options.onRetry?.({ reason, waitMs });
    await this.#timing.wait(waitMs, this.#either(signal));
    return waitMs;
  }

  async #try(request: HttpRequest): Promise<Attempt> {
    let response: Response;
    try {
      response = await this.#fetch(request);
    } catch (error) {
      this.#either(request.signal)?.throwIfAborted();
      return { reason: causeOf(error), retryAfterMs: 0, cause: error };
    }
    if (response.ok || request.accept?.includes(response.status)) return { answer: response };
    const refusal = await refusalOf(response, request);
    if (!PASSING.has(response.status)) throw refusal;
    return { reason: refusal.message, retryAfterMs: 1000 * Number(response.headers.get('retry-after') ?? 0) || 0, cause: refusal };
  }

  #fetch({ method, path, body, contentType, ...request }: HttpRequest): Promise<Response> {
    const { token } = this.#options;
    const signal = this.#either(request.signal);
    return fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(contentType === undefined ? {} : { 'content-type': contentType }),
      },
      // `fetch` wants bytes that no SharedArrayBuffer holds; ours never do.
      ...(body === undefined ? {} : { body: body as string | Uint8Array<ArrayBuffer> }),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  /** The request's own signal, everybody's, or both. */
  #either(own: AbortSignal | undefined): AbortSignal | undefined {
    const { signal } = this.#options;
    return own === undefined || signal === undefined ? (own ?? signal) : AbortSignal.any([own, signal]);
  }

  #unreachable(reason: string, cause: unknown): SdkError {
    return new SdkError(
      'unreachable',
      `No coordinator answers at ${this.url} (${reason}). Check the address and that it runs; \`manyhands serve\` starts one.`,
      { cause },
    );
  }
}

/** `fetch failed` says nothing; its cause does. */
function causeOf(error: unknown): string {
  const { message, cause } = error as Error;
  const inner = cause instanceof Error ? (cause as NodeJS.ErrnoException) : undefined;
  return inner?.code ?? inner?.message ?? message;
}

async function refusalOf(response: Response, { method, path }: HttpRequest): Promise<SdkError> {
  const body = errorBodySchema.safeParse(await response.json().catch(() => undefined));
  if (body.success) return new SdkError('refused', body.data.error.message, { answer: body.data.error });
  return new SdkError(
    'refused',
    `${method} ${path} was answered with HTTP ${response.status} and not in the coordinator's form. Check that the address is a Manyhands coordinator's.`,
    { answer: { code: `http-${response.status}` } },
  );
}
