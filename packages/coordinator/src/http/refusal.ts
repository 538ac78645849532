import type { ErrorCode } from '@manyhands/protocol';

/** Thrown by a handler, answered by error-mapper.ts. The message says what happened, why, and what to do next. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: ErrorCode;
  readonly details: unknown;
  constructor(code: ErrorCode, message: string, details?: unknown) {
    super(message);
    this.code = code;
    this.details = details;
  }
}
