/** Everything that can go wrong for an author, by what has to be done about it. */
export const SDK_ERRORS = {
  config: 'The URL, token or author file is missing or does not fit.',
  task: 'The task does not bundle, or what it exports is no task.',
  input: 'An input is no value, does not fit the task’s input schema, or is too large.',
  blob: 'The coordinator sent other bytes than their name says.',
  unreachable: 'The coordinator did not answer in time.',
  refused: 'The coordinator answered no; the message is its own.',
  'unit-failed': 'A unit ended without a believed result, and the job was asked to throw then.',
} as const satisfies Record<string, string>;

export type SdkErrorCode = keyof typeof SDK_ERRORS;

/** The message says what happened, why, and what to do next. */
export class SdkError extends Error {
  override readonly name = 'SdkError';
  readonly code: SdkErrorCode;
  /** The coordinator's own code (protocol/errors.ts) and details when `code` is `refused`, else undefined. */
  readonly answer: { readonly code: string; readonly details?: unknown } | undefined;

  constructor(code: SdkErrorCode, message: string, options: { cause?: unknown; answer?: { code: string; details?: unknown } } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.answer = options.answer;
  }
}
