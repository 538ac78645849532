import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations/migrations.ts';
import { openDatabase } from './open-database.ts';
import { openSqliteStore } from './sqlite-store.ts';
import { temporaryFolder } from './temporary-folder.contract.ts';

/** What has shipped. A line is added with each migration and never changed. */
const SHIPPED = ['64adaef75cda72b3', '51e7734d36c9b01c', '171091daad66e988'];

const next = (sql: string) => [...MIGRATIONS, { number: MIGRATIONS.length + 1, name: 'next', sql }];
const applied = (db: Database.Database) => db.prepare('SELECT number, name FROM migration ORDER BY number').all();

test('[ST9] migrations are numbered without a gap, and what has shipped never changes', () => {
  expect(MIGRATIONS.map(({ number }) => number)).toEqual(MIGRATIONS.map((_, i) => i + 1));
  const digests = MIGRATIONS.map(({ sql }) => createHash('sha256').update(sql).digest('hex').slice(0, 16));
  expect(digests.slice(0, SHIPPED.length)).toEqual(SHIPPED);
});

test('[ST9] each migration is applied once, in order', () => {
  const db = new Database(':memory:');
  migrate(db);
  migrate(db);
  expect(applied(db)).toEqual(MIGRATIONS.map(({ number, name }) => ({ number, name })));
  migrate(db, next('CREATE TABLE extra (a TEXT) STRICT'));
  expect(applied(db)).toHaveLength(MIGRATIONS.length + 1);
});

test('[ST9] a migration that fails leaves nothing of itself', () => {
  const db = new Database(':memory:');
  migrate(db);
  expect(() => migrate(db, next('CREATE TABLE extra (a TEXT) STRICT; CREATE TABLE extra (b TEXT) STRICT'))).toThrow('already exists');
  expect(applied(db)).toHaveLength(MIGRATIONS.length);
  expect(db.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'extra'").pluck().get()).toBe(0);
});

test('[ST12] a database of a newer version is refused unchanged, saying which versions', async () => {
  const folder = temporaryFolder();
  {
    using opened = openDatabase(folder);
    migrate(opened.db, next('CREATE TABLE extra (a TEXT) STRICT'));
  }
  await expect(openSqliteStore(folder)).rejects.toMatchObject({
    code: 'too-new',
    message: expect.stringMatching(new RegExp(`layout ${MIGRATIONS.length + 1}.*up to ${MIGRATIONS.length}.*newer`)),
  });
});
