/** Older ones have a WAL-reset bug that can corrupt a database. */
const OLDEST = [3, 51, 3] as const;

/** Whether this SQLite can keep our promises. */
export function isSupportedSqlite(version: string): boolean {
  const parts = version.split('.').map(Number);
  const differing = OLDEST.findIndex((part, i) => part !== (parts[i] ?? 0));
  return differing === -1 || (parts[differing] ?? 0) > (OLDEST[differing] ?? 0);
}
