/** A database as SQL text and back: what `.dump` of the sqlite3 tool does, as far as recordings need it. */
import { join } from 'node:path';
import Database, { type Database as Connection } from 'better-sqlite3';

type Value = string | number | null;

export function toText(folder: string): string {
  const db = new Database(join(folder, 'manyhands.db'), { readonly: true });
  try {
    const schema = (kind: string) =>
      db
        .prepare<[string], { name: string; sql: string }>(
          'SELECT name, sql FROM sqlite_schema WHERE type = ? AND sql IS NOT NULL ORDER BY rowid',
        )
        .all(kind);
    const tables = schema('table');
    return [
      `PRAGMA application_id = ${db.pragma('application_id', { simple: true })};`,
      'PRAGMA foreign_keys = OFF;',
      ...tables.map(({ sql }) => `${sql};`),
      ...tables.flatMap(({ name }) => rowsOf(db, name).map((row) => `INSERT INTO ${name} VALUES (${row.map(literal).join(', ')});`)),
      ...schema('index').map(({ sql }) => `${sql};`),
      '',
    ].join('\n');
  } finally {
    db.close();
  }
}

const rowsOf = (db: Connection, table: string): Value[][] => db.prepare<[], Value[]>(`SELECT * FROM ${table}`).raw().all();

const literal = (value: Value): string => (typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value ?? 'NULL'));

export function fromText(text: string, folder: string): void {
  const db = new Database(join(folder, 'manyhands.db'));
  db.transaction(() => db.exec(text)).immediate();
  db.close();
}

/** Every row of every table, by the table's name, as objects. */
export function rowsIn(folder: string): Readonly<Record<string, readonly Readonly<Record<string, Value>>[]>> {
  const db = new Database(join(folder, 'manyhands.db'), { readonly: true });
  try {
    const tables = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1").pluck().all();
    return Object.fromEntries(tables.map((table) => [table, db.prepare<[], Record<string, Value>>(`SELECT * FROM ${table}`).all()]));
  } finally {
    db.close();
  }
}
