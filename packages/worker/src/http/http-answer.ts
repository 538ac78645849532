/** From an HTTP exchange to an answer: what is final, what may be tried again, and when. */
import { errorBodySchema } from '@manyhands/protocol';
import type { Answer } from '../ports/coordinator-api.ts';

type Failure = Exclude<Answer<never>, { kind: 'ok' }>;

const JSON_LIMIT_BYTES = 1024 * 1024;
const HEADERS_MS = 30_000;

/** Sends one request and waits for its headers. The body is read by the caller; redirects are not followed, nobody may send us elsewhere. */
export async function request(url: URL, init: RequestInit, signal: AbortSignal): Promise<Answer<Response>> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(new Error(`no answer within ${HEADERS_MS / 1_000} s`)), HEADERS_MS);
  try {
    const response = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.any([signal, deadline.signal]) });
    return response.ok ? { kind: 'ok', value: response } : await failureOf(response);
  } catch (error) {
    return unreachable(url, error as Error);
  } finally {
    clearTimeout(timer);
  }
}

/** The body as text, at most 1 MiB of it; a longer one is refused. */
export async function readText(response: Response): Promise<Answer<string>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length;
      if (bytes > JSON_LIMIT_BYTES) return { kind: 'refused', reason: `the answer is larger than ${JSON_LIMIT_BYTES} bytes` };
      chunks.push(chunk);
    }
  } catch (error) {
    return { kind: 'unavailable', reason: `the answer broke off: ${causeOf(error as Error)}`, toldMs: null };
  }
  return { kind: 'ok', value: Buffer.concat(chunks).toString('utf8') };
}

async function failureOf(response: Response): Promise<Failure> {
  const text = await readText(response);
  const reason = `${response.status} ${text.kind === 'ok' ? messageIn(text.value) : response.statusText}`.trim();
  const mayRetry = response.status >= 500 || response.status === 408 || response.status === 425 || response.status === 429;
  return mayRetry
    ? { kind: 'unavailable', reason, toldMs: parseRetryAfter(response.headers.get('retry-after'), Date.now()) }
    : { kind: 'refused', reason };
}

function messageIn(body: string): string {
  try {
    return errorBodySchema.parse(JSON.parse(body)).error.message;
  } catch {
    return body.slice(0, 200);
  }
}

/** Milliseconds from `now`; null when the header is absent or malformed. */
export function parseRetryAfter(header: string | null | undefined, now: number): number | null {
  if (header == null || header === '') return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

const unreachable = (url: URL, error: Error): Failure => ({
  kind: 'unavailable',
  reason: `${url.origin} cannot be reached: ${causeOf(error)}`,
  toldMs: null,
});

/** fetch says "fetch failed" and hides the reason in its cause. */
export function causeOf(error: Error): string {
  const cause = error.cause instanceof Error ? error.cause : error;
  return (cause as NodeJS.ErrnoException).code ?? cause.message;
}
