/** Opens the one writing connection and makes sure of everything that the durability promise (ST1) rests on. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { makeDurableFolder, syncFolder } from '../../disk/durable-folder.ts';
import { StoreError } from '../../disk/store-error.ts';
import { lockFolder } from './folder-lock.ts';
import { migrate } from './migrate.ts';
import { toStoreError } from './sqlite-error.ts';
import { isSupportedSqlite } from './sqlite-version.ts';

/** `MHnd`: written into the header, so that another program's database is recognised. */
export const APPLICATION_ID = 0x4d486e64;
const FULL = 2;

export interface OpenDatabase extends Disposable {
  readonly db: Database.Database;
  readonly durability: string;
}

/** `folder` null: in memory, for tests. Throws StoreError. */
export function openDatabase(folder: string | null): OpenDatabase {
  const file = folder === null ? ':memory:' : join(folder, 'manyhands.db');
  using opened = new DisposableStack();
  try {
    if (folder !== null) {
      makeDurableFolder(folder);
      opened.use(lockFolder(folder));
    }
    // The connection goes first, the folder's lock last.
    const db = opened.adopt(new Database(file, { timeout: 0 }), (connection) => void connection.close());
    assertOurs(db);
    const durability = configure(db, folder !== null);
    migrate(db);
    if (folder !== null) syncFolder(folder);
    const resources = opened.move();
    return { db, durability, [Symbol.dispose]: () => resources.dispose() };
  } catch (error) {
    const failure = toStoreError(error, folder ?? file);
    // Closing would be another try of the disk that failed (ST13): the connection is left to the end of the process.
    if (failure instanceof StoreError && (failure.code === 'io' || failure.code === 'disk-full')) opened.move();
    throw failure;
  }
}

function assertOurs(db: Database.Database): void {
  const id = db.pragma('application_id', { simple: true });
  const empty = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0;
  if (empty) db.pragma(`application_id = ${APPLICATION_ID}`);
  else if (id !== APPLICATION_ID)
    throw new StoreError(
      'foreign',
      `${db.name} is a database of another program. Nothing was changed. Choose another data folder with --data, or move the file away.`,
    );
}

function configure(db: Database.Database, onDisk: boolean): string {
  const version = db.prepare<[], string>('SELECT sqlite_version()').pluck().get() as string;
  if (!isSupportedSqlite(version)) throw unsupported(`SQLite ${version} is too old`);
  db.pragma('foreign_keys = ON');
  db.pragma('trusted_schema = OFF');
  db.pragma('temp_store = MEMORY');
  db.pragma('mmap_size = 0');
  if (!onDisk) return `sqlite ${version} in memory`;

  const mode = db.pragma('journal_mode = WAL', { simple: true });
  // better-sqlite3's default in WAL mode is NORMAL, which may lose an acknowledged commit when the power fails (ST1).
  db.pragma('synchronous = FULL');
  db.pragma('fullfsync = ON');
  db.pragma('checkpoint_fullfsync = ON');
  if (mode !== 'wal') throw unsupported(`journal_mode is ${mode}, not wal`);
  if (db.pragma('synchronous', { simple: true }) !== FULL) throw unsupported('synchronous is not FULL');
  return `sqlite ${version} wal synchronous=FULL`;
}

const unsupported = (what: string) =>
  new StoreError('unsupported', `${what}, so acknowledged results could be lost. Reinstall Manyhands with its own better-sqlite3.`);
