/**
 * What can go wrong with a store, for logs and exit codes.
 * `in-use` another coordinator owns the folder · `not-writable` · `disk-full` · `corrupt` its bytes are not what we wrote ·
 * `foreign` a database of another program · `too-new` written by a newer Manyhands · `unsupported` this SQLite cannot keep our promises ·
 * `io` a read or write failed · `closed` · `contradiction` the caller asked for what can never be true: a defect above the store (ST4, ST10).
 */
export type StoreErrorCode =
  | 'in-use'
  | 'not-writable'
  | 'disk-full'
  | 'corrupt'
  | 'foreign'
  | 'too-new'
  | 'unsupported'
  | 'io'
  | 'closed'
  | 'contradiction';

/** The message says what happened, why, and what to do next. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;
  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'StoreError';
    this.code = code;
  }
}

/** `what`: the fact that cannot be. */
export const contradiction = (what: string): StoreError =>
  new StoreError(
    'contradiction',
    `Refused, and nothing of the change is stored: ${what}. This is a defect in the coordinator; please report it.`,
  );
