import * as z from 'zod';

/**
 * Every error the HTTP API can answer, with its status. The body is always `{ error: { code, message, details? } }`;
 * the message says what happened, why, and what to do next.
 */
export const ERROR_STATUS = {
  'bad-request': 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'digest-mismatch': 409,
  gone: 410,
  'too-large': 413,
  'range-not-satisfiable': 416,
  unsupported: 422,
  'untrusted-task': 422,
  'rate-limited': 429,
  internal: 500,
  overloaded: 503,
  draining: 503,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof ERROR_STATUS;
const codes = Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]];

export const errorBodySchema = z.object({
  error: z.object({ code: z.enum(codes), message: z.string(), details: z.unknown().optional() }),
});
export type ErrorBody = z.infer<typeof errorBodySchema>;
