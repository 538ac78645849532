/**
 * One coordinator per data folder (ST11). The lock is SQLite's own file lock on an empty database beside the real one:
 * the kernel drops it with the process, so no kill leaves a stale one, and others may still read the real database.
 */
import { join } from 'node:path';
import Database from 'better-sqlite3';

export function lockFolder(folder: string): Disposable {
  const lock = new Database(join(folder, 'coordinator.lock'), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    throw error;
  }
  return { [Symbol.dispose]: () => void lock.close() };
}
