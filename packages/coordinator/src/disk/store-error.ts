/**
 * What can go wrong with a store, for logs and exit codes.
 * `in-use` another coordinator owns the folder · `not-writable` · `disk-full` · `corrupt` its bytes are not what we wrote ·
 * `missing` there is no database · `foreign` a database of another program · `too-new` written by a newer Manyhands ·
 * `too-old` by an older one, and only read here · `unsupported` this SQLite cannot keep our promises ·
 * `io` a read or write failed · `closed` · `contradiction` the caller asked for what can never be true: a defect above the store (ST4, ST10).
 */
export type StoreErrorCode =
  | 'in-use'
  | 'not-writable'
  | 'disk-full'
  | 'corrupt'
  | 'missing'
  | 'foreign'
  | 'too-new'
  | 'too-old'
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

/** What to do about each. */
export const ADVICE: Readonly<Record<StoreErrorCode, string>> = {
  'in-use':
    'Another coordinator is using this data folder; it was left alone. Stop that one first, or give this one its own folder with --data.',
  'not-writable': 'The data folder cannot be written. Check that it is a folder, its owner and permissions, or choose another with --data.',
  'disk-full': 'The disk is full. Free some space and start the coordinator again: everything acknowledged is safe.',
  corrupt: 'The database is damaged. Stop the coordinator, keep a copy of the folder, and restore the latest backup.',
  foreign: 'This is not a Manyhands database. Nothing was changed. Choose another data folder with --data, or move the file away.',
  missing: 'There is no database there. Name the data folder with --data.',
  'too-new': 'A newer version of Manyhands wrote this database. Start that version.',
  'too-old': 'An earlier version of Manyhands wrote this database. Start the coordinator of this version once, which brings it up to date.',
  unsupported: 'This build of SQLite cannot keep what we promise. Reinstall Manyhands with its own better-sqlite3.',
  io: 'The disk failed to read or write. Check the disk, then start the coordinator again: everything acknowledged is safe.',
  closed: 'The store is closed.',
  contradiction:
    'The change contradicts what is stored and nothing of it is stored. This is a defect in the coordinator: please report it.',
};

const SYSTEM_CODES: Readonly<Record<string, StoreErrorCode>> = {
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
  EACCES: 'not-writable',
  EPERM: 'not-writable',
  EROFS: 'not-writable',
  ENOTDIR: 'not-writable',
  EEXIST: 'not-writable',
  ENOENT: 'not-writable',
};

/** What the file system reports, in the store's words. Anything else is a defect and stays what it is. */
export function fromSystem(error: unknown, where: string): unknown {
  if (!(error instanceof Error && 'errno' in error && 'code' in error)) return error;
  const code = SYSTEM_CODES[String(error.code)] ?? 'io';
  return new StoreError(code, `${where}: ${error.message}. ${ADVICE[code]}`, error);
}
