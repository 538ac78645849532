import { withRetryAfter } from '@manyhands/protocol';

/** A close frame has room for 123 bytes of reason; a longer one would make the socket throw. */
const MAX_BYTES = 123;

/** `retryAfterMs`: how long to stay away; null: nothing is said of that. */
export function toCloseReason(text: string, retryAfterMs: number | null = null): string {
  const whole = (reason: string) => (retryAfterMs === null ? reason : withRetryAfter(reason, retryAfterMs));
  let reason = text;
  while (Buffer.byteLength(whole(reason)) > MAX_BYTES) reason = reason.slice(0, -1);
  return whole(reason.isWellFormed() ? reason : reason.slice(0, -1));
}
