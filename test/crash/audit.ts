/** A data folder after the worst: opened as the coordinator would open it, and held against everything that was ever acknowledged. */
import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { LeaseId, Payload } from '@manyhands/protocol';
import { blobPath } from '../../packages/coordinator/src/blobs/fs-blob-store.ts';
import { fsck } from '../../packages/coordinator/src/fsck/fsck.ts';
import { openForReading, type ReadingConnection } from '../../packages/coordinator/src/store/sqlite/reading-connection.ts';
import { openSqliteStore } from '../../packages/coordinator/src/store/sqlite/sqlite-store.ts';
import type { Promised, Witness } from './load/witness.ts';
import { openFastWorkshop } from './workshop.ts';

export interface Audit {
  readonly violations: readonly string[];
  readonly results: number;
}

/** Of a copy, so that the next start finds what the end of the last one left. Violations that the witness itself saw are among them. */
export async function auditCopy(folder: string, witness: Witness): Promise<Audit> {
  await using workshop = await openFastWorkshop();
  await cp(folder, workshop.path, { recursive: true });
  const { results, violations } = await audit(workshop.path, witness.promised);
  return { results, violations: [...violations, ...witness.violations] };
}

/** So many violations are told of one kind. */
const TOLD = 3;

/** Changes the folder as opening it does: give it a copy of what shall stay as it is. */
export async function audit(folder: string, promised: Promised): Promise<Audit> {
  try {
    await (await openSqliteStore(folder))[Symbol.asyncDispose]();
    const { violations } = fsck(folder, { readBlobs: true }); // I2, I3, I7, I38 and all the others
    const { db } = openForReading(folder);
    using _kept = { [Symbol.dispose]: () => void db.close() };
    return {
      violations: [
        ...violations.map(({ rule, subject, message }) => `${rule}: ${subject}: ${message}`).slice(0, TOLD),
        ...lostResults(db, promised).slice(0, TOLD),
        ...lostChunks(db, promised).slice(0, TOLD),
        ...lostBlobs(folder, promised).slice(0, TOLD),
      ],
      results: promised.results.size,
    };
  } catch (error) {
    return { violations: [`I7: ${folder} cannot be opened: ${error instanceof Error ? error.stack : error}`], results: 0 };
  }
}

type Database = ReadingConnection['db'];

interface ResultRow {
  readonly lease: LeaseId;
  readonly job: string;
  readonly idx: number;
  readonly content: string;
  readonly blob_bytes: number | null;
}

const contentOf = (output: Payload): string => (typeof output === 'string' ? output : output.blob);

/** I1, and exactly once. */
function* resultsFaults(rows: readonly ResultRow[], { results }: Promised): Generator<string> {
  const stored = Map.groupBy(rows, ({ lease }) => lease);
  for (const [lease, { job, index, output }] of results) {
    const [row, ...more] = stored.get(lease) ?? [];
    if (row === undefined) yield `I1: the result under ${lease} (unit ${index}) was acknowledged, and is not there`;
    else if (more.length > 0) yield `I4: the result under ${lease} is there ${more.length + 1} times`;
    else if (row.job !== job || row.idx !== index || row.content !== contentOf(output))
      yield `I2: the result under ${lease} is not what was sent: ${JSON.stringify(row)}`;
  }
}

function lostResults(db: Database, promised: Promised): string[] {
  const rows = db.prepare<[], ResultRow>('SELECT lease, id AS job, idx, content, blob_bytes FROM result JOIN job USING (job_no)').all();
  return [...resultsFaults(rows, promised)];
}

/** I5; that what was not acknowledged is there wholly or not at all is fsck's. */
function lostChunks(db: Database, { chunks }: Promised): string[] {
  const read = db.prepare<[string, number], { first_index: number; lines: string }>(
    'SELECT first_index, lines FROM input_chunk JOIN job USING (job_no) WHERE id = ? AND chunk = ?',
  );
  return chunks.flatMap(({ job, chunk, firstIndex, lines }) => {
    const row = read.get(job, chunk);
    if (row === undefined) return [`I5: chunk ${chunk} of ${job} was acknowledged, and is not there`];
    return row.first_index === firstIndex && row.lines === lines ? [] : [`I5: chunk ${chunk} of ${job} is not what was sent`];
  });
}

/** Their content is fsck's. */
const lostBlobs = (folder: string, { blobs }: Promised): string[] =>
  [...blobs]
    .filter((blob) => !existsSync(blobPath(join(folder, 'blobs'), blob)))
    .map((blob) => `I38: ${blob} was acknowledged, and is not there`);
