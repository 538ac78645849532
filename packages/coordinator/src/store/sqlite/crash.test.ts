/** Real processes, really killed; real disks, really full. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { jobId } from '../store-rows.contract.ts';
import { openSqliteStore } from './sqlite-store.ts';
import { temporaryFolder } from './temporary-folder.contract.ts';

const CHILD = ['--conditions=source', new URL('./committing-child.contract.ts', import.meta.url).pathname];
const UNITS_PER_COMMIT = 20;

function startChild(folder: string, job: number): ChildProcess {
  const child = spawn(process.execPath, [...CHILD, folder, String(job)], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Kills the child after it has acknowledged `commits` commits; answers the last number it said. */
async function killAfter(child: ChildProcess, commits: number): Promise<number> {
  const closed = once(child, 'close');
  let acknowledged = 0;
  let lines = 0;
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    acknowledged = Number(line);
    lines += 1;
    if (lines === commits) child.kill('SIGKILL');
  }
  await closed;
  return acknowledged;
}

function assertSound(folder: string): void {
  const db = new Database(join(folder, 'manyhands.db'), { readonly: true });
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(db.pragma('foreign_key_check')).toEqual([]);
  db.close();
}

/** How many units of each job have ended, having checked that everything that came with them is there. */
async function endedUnits(folder: string, jobs: readonly number[]): Promise<number[]> {
  await using store = await openSqliteStore(folder);
  const counts = await Promise.all(
    jobs.map(async (n) => {
      const rows = await store.results(jobId(n), 0, 1e6);
      const expected = rows.map((_, i) => [String(i + 1), i, `"output ${i}"`]);
      expect(rows.map(({ cursor, index, output }) => [cursor, index, output])).toEqual(expected);
      expect((await store.cells(jobId(n))).cells.reduce((sum, { final }) => sum + final, 0)).toBe(rows.length);
      return rows.length;
    }),
  );
  const sum = counts.reduce((a, b) => a + b, 0);
  expect(await store.totals()).toMatchObject({ finalUnits: sum, validResults: sum, microcredits: sum * 1_000 });
  return counts;
}

test('[ST1] killed at any moment, again and again, it has everything it acknowledged, whole, and no lock stays behind', async () => {
  const folder = temporaryFolder();
  const acknowledged: number[] = [];
  for (const [i, commits] of [1, 40, 7, 150, 3].entries()) {
    acknowledged.push(await killAfter(startChild(folder, i), commits));
    assertSound(folder);
    const stored = await endedUnits(folder, [...acknowledged.keys()]);
    for (const [n, count] of stored.entries()) {
      expect(count).toBeGreaterThanOrEqual(acknowledged[n] as number);
      expect(count % UNITS_PER_COMMIT).toBe(0);
    }
  }
});

test('[ST13] when the disk refuses a write the commit rejects, nothing is tried again, and what was acknowledged is there', async () => {
  const folder = temporaryFolder();
  // A limit on the size of files stands for a disk that gives out in the middle of a commit.
  const { stdout, status } = spawnSync('sh', ['-c', 'ulimit -f 900 && exec "$0" "$@"', process.execPath, ...CHILD, folder, '0'], {
    encoding: 'utf8',
  });
  const lines = stdout.trim().split('\n');
  const [acknowledged, failure, afterwards] = lines.slice(-3);
  expect(status).toBe(0);
  expect(failure).toMatch(/^(io|disk-full)$/);
  expect(afterwards).toBe(failure);
  assertSound(folder);
  expect((await endedUnits(folder, [0]))[0]).toBeGreaterThanOrEqual(Number(acknowledged));
});
