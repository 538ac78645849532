/** A copy of a database as it is at one moment, while a coordinator may be writing it (docs/adr/0013-backup.md). */
import { join } from 'node:path';
import { openForReading } from './reading-connection.ts';
import { toStoreError } from './sqlite-error.ts';

/** 8 MB: far less than a second of any disk, so that the caller can tell how far it is. */
const PAGES_PER_STEP = 2_000;

export interface CopiedDatabase {
  readonly layout: number;
  readonly epoch: number;
}

/**
 * `to`: a folder without a database. Held open, the moment of the copy does not move: without that, SQLite would begin again after each commit of
 * the coordinator, and never end. `onProgress`: the share that is done, from 0 to 1. Rejects with StoreError.
 */
export async function copyDatabase(from: string, to: string, onProgress: (share: number) => void): Promise<CopiedDatabase> {
  const { db, layout } = openForReading(from);
  try {
    db.exec('BEGIN');
    const epoch = db.prepare<[], number>('SELECT epoch FROM store_state').pluck().get() as number;
    await db.backup(join(to, 'manyhands.db'), {
      progress({ totalPages, remainingPages }) {
        onProgress(1 - remainingPages / totalPages);
        return PAGES_PER_STEP;
      },
    });
    return { layout, epoch };
  } catch (error) {
    throw toStoreError(error, to);
  } finally {
    db.close();
  }
}
