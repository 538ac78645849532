/** Many stored units without computing them: the rows of a drained job, copied by SQLite itself behind their own, as often as it takes. */
import { openDatabase } from '../../packages/coordinator/src/store/sqlite/open-database.ts';

/** Each has a row, or several, for a unit of a job. */
const TABLES = ['unit', 'result', 'posting'] as const;
/** Units in a transaction: what is copied lies in the log until it is committed. */
const STEP = 50_000;

/** Copies the units of the oldest job until `count` units are stored. No coordinator may have the folder open. Sums and counts stay as they were. */
export function fillStore(folder: string, count: number): void {
  using opened = openDatabase(folder);
  const { db } = opened;
  db.pragma('synchronous = OFF');
  const jobNo = db.prepare<[], number>('SELECT min(job_no) FROM unit').pluck().get() as number;
  const others = db.prepare<[number], number>('SELECT count(*) FROM unit WHERE job_no <> ?').pluck().get(jobNo) as number;
  const copies = TABLES.map((table) =>
    db.prepare<[{ job: number; from: number; to: number; by: number }]>(copyOf(table, columnsOf(table))),
  );
  const copy = db.transaction((from: number, to: number, by: number) => {
    for (const statement of copies) statement.run({ job: jobNo, from, to, by });
  });
  let have = db.prepare<[number], number>('SELECT max(idx) + 1 FROM unit WHERE job_no = ?').pluck().get(jobNo) as number;
  while (have + others < count) {
    const more = Math.min(have, STEP, count - others - have);
    copy(have - more, have, more);
    have += more;
  }

  function columnsOf(table: string): string[] {
    return db.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(table);
  }
}

const MOVED = new Set(['idx', 'ending']);

const copyOf = (table: string, columns: readonly string[]): string =>
  `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${columns.map((name) => (MOVED.has(name) ? `${name} + @by` : name)).join(', ')}
   FROM ${table} WHERE job_no = @job AND idx >= @from AND idx < @to`;
