/** What SQLite reports, in the store's words. */
import { SqliteError } from 'better-sqlite3';
import { ADVICE, fromSystem, StoreError, type StoreErrorCode } from '../../disk/store-error.ts';

const CODES: readonly (readonly [prefix: string, code: StoreErrorCode])[] = [
  ['SQLITE_FULL', 'disk-full'],
  ['SQLITE_CORRUPT', 'corrupt'],
  ['SQLITE_NOTADB', 'foreign'],
  ['SQLITE_BUSY', 'in-use'],
  ['SQLITE_CONSTRAINT', 'contradiction'],
  ['SQLITE_READONLY', 'not-writable'],
  ['SQLITE_CANTOPEN', 'not-writable'],
  ['SQLITE_PERM', 'not-writable'],
];

/** What is neither SQLite's nor the file system's is a defect and stays what it is. */
export function toStoreError(error: unknown, where: string): unknown {
  if (!(error instanceof SqliteError)) return fromSystem(error, where);
  const code = CODES.find(([prefix]) => error.code.startsWith(prefix))?.[1] ?? 'io';
  return new StoreError(code, `${where}: ${error.message}. ${ADVICE[code]}`, error);
}
