/** Books of every kind, with one fault of each kind planted by hand: each is found, and nothing is found where nothing is wrong. */
import { closeSync, cpSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JobId, LIMITS } from '@manyhands/protocol';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { playRichBooks } from '../../test/rich-books.ts';
import { findViolations } from '../domain/invariants.ts';
import type { Job } from '../domain/job.ts';
import { migrate } from '../store/sqlite/migrate.ts';
import { MIGRATIONS } from '../store/sqlite/migrations/migrations.ts';
import { APPLICATION_ID } from '../store/sqlite/open-database.ts';
import { type BookedUnit, isViolation, openSnapshotReader } from '../store/sqlite/snapshot-reader.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import { temporaryFolder } from '../store/sqlite/temporary-folder.contract.ts';
import { blobsIn } from './blob-check.ts';
import type { BooksProgress } from './check-books.ts';
import { EXPLAINED_RULES } from './explanations.ts';
import { fsck } from './fsck.ts';
import { FAULTS, Hand } from './planted-faults.contract.ts';

let healthy: string;
beforeAll(async () => {
  healthy = mkdtempSync(join(tmpdir(), 'fsck-'));
  const world = await playRichBooks(healthy);
  expect(world.violations()).toEqual([]);
});
afterAll(() => rmSync(healthy, { recursive: true }));

const copy = (): string => {
  const folder = join(temporaryFolder(), 'copy');
  cpSync(healthy, folder, { recursive: true });
  return folder;
};

/** All of it at once, and not page by page. */
function wholeSnapshot(folder: string) {
  using reader = openSnapshotReader(folder);
  const jobs = [...reader.jobs()].filter((job): job is Job => !isViolation(job));
  const booked: BookedUnit[] = jobs.flatMap(({ id }) => reader.units(id, -1, 1_000).units);
  return {
    jobs,
    units: booked.map(({ unit }) => unit),
    results: booked.flatMap(({ results }) => results),
    endings: booked.flatMap(({ endings }) => endings),
    postings: booked.flatMap(({ postings }) => postings),
    standings: reader.bans(),
    tallies: jobs.flatMap(({ id }) => reader.tallies(id)),
    maxReplicas: LIMITS.maxReplicas,
    maxErrors: LIMITS.maxErrors,
  };
}

test.each([1_000, 3])('[OP1] nothing is found in healthy books, in pages of %i', (pageUnits) => {
  const seen: BooksProgress[] = [];
  const report = fsck(healthy, { pageUnits, readBlobs: true, onProgress: (progress) => seen.push(progress) });
  expect(report).toMatchObject({ found: {}, violations: [], jobs: 5 });
  expect(report.units).toBe(report.units && wholeSnapshot(healthy).units.length);
  for (const figure of [report.results, report.postings, report.blobs]) expect(figure).toBeGreaterThan(2);
  expect(seen.at(-1)).toMatchObject({ units: report.units, unitsInAll: report.units });
});

test.each(FAULTS)('[OP1] [OP2] %s: %s is found and explained', (rule, _, plant) => {
  const folder = copy();
  {
    const hand = new Hand(folder);
    plant(hand, folder);
    hand.db.close();
  }
  const report = fsck(folder, { pageUnits: 7 });
  const found = report.violations.map((violation) => `${violation.rule} ${violation.subject}`);
  expect(Object.keys(report.found)).toContain(rule === 'I16' ? 'I15' : rule);
  for (const { rule, means, advice } of report.violations) {
    expect(EXPLAINED_RULES).toContain(rule);
    expect(means.length * advice.length).toBeGreaterThan(400);
  }
  // Nothing is lost by looking at one page after the other.
  if (report.found['I7'] !== undefined) return;
  const whole = findViolations(wholeSnapshot(folder)).map((violation) => `${violation.rule} ${violation.subject}`);
  expect(whole.filter((one) => !found.includes(one) && !one.startsWith('I10 '))).toEqual([]);
});

/** Faults of rows: of files, a coordinator that has them open may notice itself. */
const IN_ROWS = FAULTS.filter(([rule]) => rule !== 'I7' && rule !== 'I38');

test.each(IN_ROWS)('[OP3] %s: %s is found in books that a coordinator has open', async (rule, _, plant) => {
  const folder = copy();
  await using store = await openSqliteStore(folder);
  const hand = new Hand(folder);
  plant(hand, folder);
  hand.db.close();
  // Not put into the file itself yet, as most of what a coordinator wrote last.
  expect(Object.keys(fsck(folder).found)).toContain(rule === 'I16' ? 'I15' : rule);
  await store.keepAlive(1);
});

test('[OP1] every rule that is explained is one that can be found', () => {
  const planted = new Set(FAULTS.map(([rule]) => rule));
  expect(EXPLAINED_RULES.filter((rule) => !planted.has(rule))).toEqual(['I4']);
});

test('[OP1] a blob of the right size and wrong content is found when blobs are read', () => {
  const folder = copy();
  const path = [...blobsIn(join(folder, 'blobs'))][0]?.path as string;
  writeFileSync(path, 'x'.repeat(statSync(path).size));
  expect(fsck(folder).found).toEqual({});
  expect(fsck(folder, { readBlobs: true }).found).toEqual({ I38: 1 });
});

test('[OP1] of a damaged file nothing more is read', () => {
  const folder = copy();
  const path = join(folder, 'manyhands.db');
  const file = openSync(path, 'r+');
  for (let page = 60; page < statSync(path).size / 4096; page++) writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, page * 4096);
  closeSync(file);
  const report = fsck(folder);
  expect(Object.keys(report.found)).toEqual(['I7']);
  expect(report.units).toBe(0);
});

test('[OP3] what a running coordinator writes meanwhile is no fault, and it is not held up', async () => {
  const folder = copy();
  await using store = await openSqliteStore(folder);
  let commits = 0;
  const [job] = (await store.activeJobs()) as [Job, ...Job[]];
  let revision = job.revision;
  // Between any two pages something is committed; a commit that had to wait would fail, for the store does not wait.
  const report = fsck(folder, {
    pageUnits: 5,
    onProgress: () => {
      commits++;
      void store.commit({ jobs: [{ ...job, revision: ++revision, title: `title ${commits}` }] });
    },
  });
  expect(report.found).toEqual({});
  expect(commits).toBeGreaterThan(20);
  expect((await store.loadJob(job.id as JobId))?.title).toBe(`title ${commits}`);
});

test('[OP3] a folder without a database, of another program and of an earlier layout are refused in words', () => {
  const folder = temporaryFolder();
  const refusal = () => {
    try {
      return fsck(folder).jobs;
    } catch (error) {
      return error;
    }
  };
  expect(refusal()).toMatchObject({ code: 'missing', message: expect.stringContaining('--data') });
  const db = new Database(join(folder, 'manyhands.db'));
  db.exec('CREATE TABLE diary (day TEXT)');
  expect(refusal()).toMatchObject({ code: 'foreign' });
  db.exec('DROP TABLE diary');
  db.pragma(`application_id = ${APPLICATION_ID}`);
  migrate(db, MIGRATIONS.slice(0, 1));
  db.close();
  expect(refusal()).toMatchObject({ code: 'too-old', message: expect.stringContaining('layout 1') });
});
