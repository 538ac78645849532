/**
 * Why a socket was closed, and whether the worker may come back.
 * `fatal`: reconnecting cannot help until something is changed by hand. `retry`: reconnect after a jittered back-off.
 */
export const CLOSE_CODES = {
  1008: { name: 'policy', fatal: false, meaning: 'A frame broke a rule of the protocol; the reason names it.' },
  1009: { name: 'too-big', fatal: false, meaning: 'A frame was larger than the limit.' },
  1012: { name: 'restart', fatal: false, meaning: 'The coordinator is restarting; leases and results are safe.' },
  1013: { name: 'overload', fatal: false, meaning: 'The coordinator has too much to do; come back later.' },
  4000: { name: 'hello-timeout', fatal: false, meaning: 'No valid hello arrived in time.' },
  4001: { name: 'version', fatal: true, meaning: 'No common protocol version: update the worker (or the coordinator).' },
  4002: { name: 'bad-signature', fatal: true, meaning: 'The host key did not prove itself.' },
  4003: { name: 'replaced', fatal: true, meaning: 'The same host key connected from another process.' },
  4004: { name: 'banned', fatal: true, meaning: 'This host is no longer given work; the reason names the evidence.' },
  4005: { name: 'idle', fatal: false, meaning: 'Heartbeats stopped; the connection was taken for dead.' },
} as const satisfies Record<number, { name: string; fatal: boolean; meaning: string }>;

export type CloseCode = keyof typeof CLOSE_CODES;
export type CloseName = (typeof CLOSE_CODES)[CloseCode]['name'];

export const isFatalClose = (code: number): boolean => code in CLOSE_CODES && CLOSE_CODES[code as CloseCode].fatal;

const RETRY_AFTER = /; retry after (\d{1,9}) ms$/;

/** The reason of a 1012 or 1013 that also says how long to stay away. */
export const withRetryAfter = (reason: string, ms: number): string => `${reason}; retry after ${ms} ms`;

/** How long this close reason asks to stay away, milliseconds; null: it does not say. */
export function retryAfterIn(reason: string): number | null {
  const ms = RETRY_AFTER.exec(reason)?.[1];
  return ms === undefined ? null : Number(ms);
}
