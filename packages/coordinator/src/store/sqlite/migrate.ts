/** Brings a database to this program's layout, one transaction per step (ST9). Never downgrades (ST12). */
import type { Database } from 'better-sqlite3';
import { StoreError } from '../../disk/store-error.ts';
import { MIGRATIONS, type Migration } from './migrations/migrations.ts';

export function migrate(db: Database, migrations: readonly Migration[] = MIGRATIONS): void {
  db.exec('CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT');
  const present = db.prepare<[], number | null>('SELECT max(number) FROM migration').pluck().get() ?? 0;
  const newest = migrations.at(-1)?.number ?? 0;
  if (present > newest) throw tooNew(db.name, present, newest);
  const apply = db.transaction(({ number, name, sql }: Migration) => {
    db.exec(sql);
    db.prepare('INSERT INTO migration VALUES (?, ?)').run(number, name);
  });
  for (const migration of migrations) if (migration.number > present) apply.immediate(migration);
}

const tooNew = (file: string, present: number, newest: number) =>
  new StoreError(
    'too-new',
    `${file} has layout ${present}, but this version of Manyhands knows layouts up to ${newest}: a newer version wrote it. ` +
      'Nothing was changed. Start that version or a newer one, or restore a backup made by this one.',
  );
