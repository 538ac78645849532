/** A second connection to a database that a coordinator may be writing: it can only read, and is of any layout up to this program's. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database, { type Database as Connection } from 'better-sqlite3';
import { StoreError } from '../../disk/store-error.ts';
import { MIGRATIONS } from './migrations/migrations.ts';
import { APPLICATION_ID } from './open-database.ts';
import { toStoreError } from './sqlite-error.ts';

/** A writer holds the database for milliseconds, and only while its log is emptied to the end or recovered. */
const BUSY_MS = 10_000;

export interface ReadingConnection {
  readonly db: Connection;
  /** The number of its last migration. */
  readonly layout: number;
}

/** Throws StoreError. */
export function openForReading(folder: string): ReadingConnection {
  const file = join(folder, 'manyhands.db');
  if (!existsSync(file)) throw missing(file);
  let db: Connection | null = null;
  try {
    db = new Database(file, { readonly: true, fileMustExist: true, timeout: BUSY_MS });
    if (db.pragma('application_id', { simple: true }) !== APPLICATION_ID) throw foreign(file);
    const layout = layoutOf(db);
    if (layout > MIGRATIONS.length) throw tooNew(file, layout);
    return { db, layout };
  } catch (error) {
    db?.close();
    throw toStoreError(error, file);
  }
}

const layoutOf = (db: Connection): number => db.prepare<[], number>('SELECT max(number) FROM migration').pluck().get() ?? 0;

const missing = (file: string) =>
  new StoreError('missing', `There is no ${file}, so this is no coordinator's data folder. Name the folder with --data.`);

const foreign = (file: string) =>
  new StoreError('foreign', `${file} is a database of another program. Name the coordinator's data folder with --data.`);

const tooNew = (file: string, layout: number) =>
  new StoreError(
    'too-new',
    `${file} has layout ${layout}, but this version of Manyhands knows layouts up to ${MIGRATIONS.length}. Use the version that wrote it.`,
  );
