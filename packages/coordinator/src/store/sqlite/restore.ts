/** What makes a copy of a database one that a coordinator may go on with: this program's layout, and an epoch of its own (I6). */
import { openDatabase } from './open-database.ts';

/**
 * The next epoch, and never one that another restore of the same backup was given: at least the seconds since 1970. Throws StoreError.
 * On the disk when it returns.
 */
export function beginEpoch(folder: string, now: number): number {
  using opened = openDatabase(folder);
  return opened.db
    .prepare<[number], number>('UPDATE store_state SET epoch = max(epoch + 1, ?) RETURNING epoch')
    .pluck()
    .get(Math.floor(now / 1000)) as number;
}
