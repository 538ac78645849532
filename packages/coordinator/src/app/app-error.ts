/**
 * What can keep a coordinator from starting, besides its store (StoreError has codes of its own). The message says what happened, why, and what to do next.
 * `bad-config` a setting makes no sense · `port-in-use` · `address-unavailable` this machine has no such address, or may not use the port ·
 * `not-writable` the data folder cannot be written · `damaged` a file in it is not what we wrote.
 */
export type AppErrorCode = 'bad-config' | 'port-in-use' | 'address-unavailable' | 'not-writable' | 'damaged';

export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: AppErrorCode;
  constructor(code: AppErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}
