/** Folders and files that cannot be opened: each is refused at once, unchanged, in words that say what to do. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, ftruncateSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { finalChange, job, jobId, leasedUnit, merge } from '../store-rows.contract.ts';
import { openDatabase } from './open-database.ts';
import { openSqliteStore, SqliteStore } from './sqlite-store.ts';
import { isSupportedSqlite } from './sqlite-version.ts';
import { temporaryFolder } from './temporary-folder.contract.ts';

const fileIn = (folder: string) => join(folder, 'manyhands.db');

/** A closed store with some hundred ended units. */
async function filledFolder(): Promise<string> {
  const folder = temporaryFolder();
  await using store = await openSqliteStore(folder);
  const indexes = Array.from({ length: 500 }, (_, index) => index);
  await store.commit({ jobs: [job(1)], units: indexes.map((index) => leasedUnit(1, index)) });
  await store.commit(merge(...indexes.map((index) => finalChange(1, index))));
  return folder;
}

test('[ST1] the writing connection syncs every commit, and says so', async () => {
  using opened = openDatabase(temporaryFolder());
  expect(opened.db.pragma('synchronous', { simple: true })).toBe(2);
  expect(opened.db.pragma('journal_mode', { simple: true })).toBe('wal');
  expect(opened.db.pragma('mmap_size', { simple: true })).toBe(0);
  expect(opened.durability).toMatch(/^sqlite \d+\.\d+\.\d+ wal synchronous=FULL$/);
});

test.each([
  ['3.51.2', false],
  ['3.51.3', true],
  ['3.51.4', true],
  ['3.52.0', true],
  ['4.0.0', true],
  ['3.50.9', false],
  ['2.99.9', false],
])('[ST12] SQLite %s is supported: %s', (version, supported) => {
  expect(isSupportedSqlite(version)).toBe(supported);
});

test('[ST11] a second coordinator in the same process is refused, and the first goes on', async () => {
  const folder = temporaryFolder();
  {
    await using first = await openSqliteStore(folder);
    await expect(openSqliteStore(folder)).rejects.toMatchObject({ code: 'in-use', message: expect.stringContaining('--data') });
    expect(await first.commit({ jobs: [job(1)] })).toEqual({ kind: 'committed' });
    await expect(openSqliteStore(folder)).rejects.toMatchObject({ code: 'in-use' });
  }
  await using next = await openSqliteStore(folder);
  expect(await next.loadJob(jobId(1))).toEqual(job(1));
});

test('[ST11] a second process is refused at once, the first goes on, and a killed one leaves the folder free', async () => {
  const folder = temporaryFolder();
  const script = new URL('./committing-child.contract.ts', import.meta.url).pathname;
  const first = spawn(process.execPath, ['--conditions=source', script, folder, '1'], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void first.kill('SIGKILL'));
  const lines = createInterface({ input: first.stdout })[Symbol.asyncIterator]();
  const before = Number((await lines.next()).value);
  await expect(openSqliteStore(folder)).rejects.toMatchObject({ code: 'in-use', message: expect.stringContaining(folder) });
  expect(Number((await lines.next()).value)).toBeGreaterThan(before);
  const closed = once(first, 'close');
  first.kill('SIGKILL');
  await closed;
  await using next = await openSqliteStore(folder);
  expect((await next.totals()).finalUnits).toBeGreaterThanOrEqual(before);
});

test('[ST12] a file that is no database is refused and left alone', async () => {
  const folder = temporaryFolder();
  const content = 'my diary, not a database\n'.repeat(100);
  writeFileSync(fileIn(folder), content);
  await expect(openSqliteStore(folder)).rejects.toMatchObject({ code: 'foreign', message: expect.stringContaining('--data') });
  expect(readFileSync(fileIn(folder), 'utf8')).toBe(content);
});

test("[ST12] another program's database is refused and left alone", async () => {
  const folder = temporaryFolder();
  const other = new Database(fileIn(folder));
  other.exec('CREATE TABLE diary (day TEXT)');
  other.close();
  const before = readFileSync(fileIn(folder));
  await expect(openSqliteStore(folder)).rejects.toMatchObject({ code: 'foreign' });
  expect(readFileSync(fileIn(folder))).toEqual(before);
});

test.each(['a folder that cannot be made', 'a folder that is a file'])('[ST12] %s is refused', async (what) => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  const folder = what === 'a folder that is a file' ? file : join(file, 'data');
  await expect(openSqliteStore(folder)).rejects.toMatchObject({ code: 'not-writable', message: expect.stringContaining('--data') });
});

test('[ST12] a damaged database is refused or, where the damage shows later, never read as if it were whole', async () => {
  const folder = await filledFolder();
  const { size } = statSync(fileIn(folder));
  const file = openSync(fileIn(folder), 'r+');
  for (let at = 4096 * 20; at < size; at += 4096) writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, at);
  closeSync(file);
  const readAll = async () => {
    await using store = await openSqliteStore(folder);
    const failure = await store.results(jobId(1), 0, 1_000).then(
      () => null,
      (error) => error,
    );
    await expect(store.commit({ jobs: [job(2)] })).rejects.toBe(failure);
    throw failure;
  };
  await expect(readAll()).rejects.toMatchObject({ code: 'corrupt', message: expect.stringContaining('backup') });
});

test('[ST12] a database cut short is refused', async () => {
  const folder = await filledFolder();
  const file = openSync(fileIn(folder), 'r+');
  ftruncateSync(file, 4096 * 3);
  closeSync(file);
  await expect(openSqliteStore(folder)).rejects.toMatchObject({ code: 'corrupt' });
});

test('[ST13] a full disk breaks the store for good; with space again everything acknowledged is there', async () => {
  const folder = temporaryFolder();
  const opened = openDatabase(folder);
  let ended = 0;
  {
    await using store = new SqliteStore(opened);
    await store.commit({ jobs: [job(1, { unitCount: 100_000 })] });
    opened.db.pragma('max_page_count = 100');
    const fill = async () => {
      for (; ; ended += 50) {
        const indexes = Array.from({ length: 50 }, (_, i) => ended + i);
        const units = merge(...indexes.map((index) => finalChange(1, index, 1, 1)));
        await store.commit(units);
      }
    };
    await expect(fill()).rejects.toMatchObject({ code: 'disk-full', message: expect.stringContaining('Free some space') });
    opened.db.pragma('max_page_count = 1000000');
    await expect(store.commit({ jobs: [job(2)] })).rejects.toMatchObject({ code: 'disk-full' });
    await expect(store.keepAlive(1)).rejects.toMatchObject({ code: 'disk-full' });
  }
  // As the end of the process would: the store itself does not touch the disk any more.
  opened[Symbol.dispose]();
  await using reopened = await openSqliteStore(folder);
  expect(ended).toBeGreaterThan(50);
  expect((await reopened.totals()).finalUnits).toBe(ended);
  expect(await reopened.commit({ jobs: [job(2)] })).toEqual({ kind: 'committed' });
});

test('[ST13] a closed store refuses everything', async () => {
  const store = await openSqliteStore(temporaryFolder());
  await store[Symbol.asyncDispose]();
  await expect(store.commit({ jobs: [job(1)] })).rejects.toMatchObject({ code: 'closed' });
  await expect(store.loadJob(jobId(1))).rejects.toMatchObject({ code: 'closed' });
});
