/** No question a page or a scheduler asks may walk through all units, whatever SQLite's planner thinks of it. */
import { expect, test } from 'vitest';
import { openDatabase } from './open-database.ts';
import { SqliteStore } from './sqlite-store.ts';

const BIG = [
  'unit',
  'result',
  'posting',
  'input_chunk',
  'party',
  'host',
  'job_host',
  'cell',
  'standing',
  'tally',
  'earner',
  'credit_day',
  'invalid_result',
];

test('[ST15] no prepared statement scans a table that grows', () => {
  using opened = openDatabase(null);
  const { db } = opened;
  const prepared: string[] = [];
  const prepare = db.prepare.bind(db);
  db.prepare = ((sql: string) => {
    prepared.push(sql);
    return prepare(sql);
  }) as typeof db.prepare;
  new SqliteStore(opened);
  const scans = prepared.flatMap((sql) => {
    if (/^(BEGIN|COMMIT|ROLLBACK)/.test(sql)) return [];
    const parameters = sql.includes('@') ? { account: 1, to: 1, from: 1, sign: 1 } : Array(sql.split('?').length - 1).fill(1);
    const plan = prepare(`EXPLAIN QUERY PLAN ${sql}`).all(parameters) as { detail: string }[];
    return plan.map(({ detail }) => detail).filter((detail) => BIG.some((table) => new RegExp(`^SCAN ${table}\\b`).test(detail)));
  });
  expect(prepared.length).toBeGreaterThan(40);
  expect(scans).toEqual([]);
});
