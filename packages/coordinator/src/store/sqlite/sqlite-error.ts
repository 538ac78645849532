/** What SQLite or the file system reports, in the store's own words. */
import { SqliteError } from 'better-sqlite3';
import { StoreError, type StoreErrorCode } from '../store-error.ts';

const CODES: readonly (readonly [prefix: string, code: StoreErrorCode])[] = [
  ['SQLITE_FULL', 'disk-full'],
  ['ENOSPC', 'disk-full'],
  ['SQLITE_CORRUPT', 'corrupt'],
  ['SQLITE_NOTADB', 'foreign'],
  ['SQLITE_BUSY', 'in-use'],
  ['SQLITE_CONSTRAINT', 'contradiction'],
  ['SQLITE_READONLY', 'not-writable'],
  ['SQLITE_CANTOPEN', 'not-writable'],
  ['SQLITE_PERM', 'not-writable'],
  ['EACCES', 'not-writable'],
  ['EPERM', 'not-writable'],
  ['EROFS', 'not-writable'],
  ['ENOTDIR', 'not-writable'],
  ['EEXIST', 'not-writable'],
  ['ENOENT', 'not-writable'],
];

const ADVICE: Readonly<Record<StoreErrorCode, string>> = {
  'in-use':
    'Another coordinator is using this data folder; it was left alone. Stop that one first, or give this one its own folder with --data.',
  'not-writable': 'The data folder cannot be written. Check that it is a folder, its owner and permissions, or choose another with --data.',
  'disk-full': 'The disk is full. Free some space and start the coordinator again: everything acknowledged is safe.',
  corrupt: 'The database is damaged. Stop the coordinator, keep a copy of the folder, and restore the latest backup.',
  foreign: 'This is not a Manyhands database. Nothing was changed. Choose another data folder with --data, or move the file away.',
  'too-new': 'A newer version of Manyhands wrote this database. Start that version.',
  unsupported: 'This build of SQLite cannot keep what we promise. Reinstall Manyhands with its own better-sqlite3.',
  io: 'The disk failed to read or write. Check the disk, then start the coordinator again: everything acknowledged is safe.',
  closed: 'The store is closed.',
  contradiction:
    'The change contradicts what is stored and nothing of it is stored. This is a defect in the coordinator: please report it.',
};

/** What is neither SQLite's nor the file system's is a defect and stays what it is. */
export function toStoreError(error: unknown, where: string): unknown {
  const reported = error instanceof SqliteError || (error instanceof Error && 'errno' in error);
  if (!reported) return error;
  const code = CODES.find(([prefix]) => String((error as { code?: string }).code).startsWith(prefix))?.[1] ?? 'io';
  return new StoreError(code, `${where}: ${error.message}. ${ADVICE[code]}`, error);
}
