/** A database as SQL text and back: what `.dump` of the sqlite3 tool does, as far as recordings need it. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

type Value = string | number | null;
type Row = Record<string, Value>;

export function toText(folder: string): string {
  using db = open(folder);
  const schema = (kind: string) =>
    db.prepare('SELECT name, sql FROM sqlite_schema WHERE type = ? AND sql IS NOT NULL ORDER BY rowid').all(kind) as {
      name: string;
      sql: string;
    }[];
  const tables = schema('table');
  return [
    `PRAGMA application_id = ${db.prepare('PRAGMA application_id').get()?.['application_id']};`,
    'PRAGMA foreign_keys = OFF;',
    ...tables.map(({ sql }) => `${sql};`),
    ...tables.flatMap(({ name }) =>
      rowsOf(db, name).map((row) => `INSERT INTO ${name} VALUES (${Object.values(row).map(literal).join(', ')});`),
    ),
    ...schema('index').map(({ sql }) => `${sql};`),
    '',
  ].join('\n');
}

const literal = (value: Value): string => (typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value ?? 'NULL'));

export function fromText(text: string, folder: string): void {
  using db = open(folder);
  db.exec(`PRAGMA synchronous = OFF; ${text}`);
}

/** Every row of every table, by the table's name. Nobody may have the database open: closing it here would drop that one's locks. */
export function rowsIn(folder: string): Readonly<Record<string, readonly Row[]>> {
  using db = open(folder);
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1").all() as { name: string }[];
  return Object.fromEntries(tables.map(({ name }) => [name, rowsOf(db, name)]));
}

const open = (folder: string): DatabaseSync => new DatabaseSync(join(folder, 'manyhands.db'));

const rowsOf = (db: DatabaseSync, table: string): Row[] =>
  db
    .prepare(`SELECT * FROM ${table}`)
    .all()
    .map((row) => ({ ...row }) as Row);
