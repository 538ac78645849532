/** A file that cannot be searched. The message says what is wrong with it and what to do; `code` is for programs. */
export class FilterbankError extends Error {
  override readonly name = 'FilterbankError';
  readonly code: 'unreadable' | 'not-a-filterbank' | 'malformed-header' | 'unsupported' | 'truncated' | 'no-data' | 'search-too-wide';

  constructor(code: FilterbankError['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}
