/** Backups of a folder with rows of every kind, and folders made from them again. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { playRichBooks } from '../../test/rich-books.ts';
import { readTar, TarWriter } from '../disk/tar.ts';
import { fsck } from '../fsck/fsck.ts';
import { MIGRATIONS } from '../store/sqlite/migrations/migrations.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import { temporaryFolder } from '../store/sqlite/temporary-folder.contract.ts';
import { backup } from './backup.ts';
import { loadConfig } from './config.ts';
import { openDataFolder } from './data-folder.ts';
import { ensureLocalAuthor } from './local-author.ts';
import { openProjectSecrets } from './project-secrets.ts';
import { restore } from './restore.ts';
import { startCoordinator } from './start-coordinator.ts';

const now = new Date('2026-11-22T12:00:00Z');

/** A data folder, and a backup of it. */
let data: string;
let tar: string;
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'backup-'));
  [data, tar] = [join(folder, 'data'), join(folder, 'backup.tar')];
  await playRichBooks(data, { units: 30 });
  const secrets = await openProjectSecrets(await openDataFolder(data));
  const coordinator = { addAuthor: async () => ({ ok: true }) as never };
  await ensureLocalAuthor({
    path: join(data, 'author.json'),
    url: 'http://127.0.0.1:1',
    secrets,
    authors: [],
    coordinator,
    now: now.getTime(),
  });
  await backup(data, tar, { now });
});
afterAll(() => rmSync(dirname(data), { recursive: true }));

/** Every row of every table. */
function rowsIn(folder: string): Record<string, unknown[]> {
  const db = new Database(join(folder, 'manyhands.db'), { readonly: true });
  try {
    const tables = db
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY 1")
      .pluck()
      .all();
    return Object.fromEntries(tables.map((table) => [table, db.prepare(`SELECT * FROM "${table}"`).all()]));
  } finally {
    db.close();
  }
}

const isEmpty = (folder: string): boolean => readdirSync(folder).every((name) => name.startsWith('coordinator.lock'));

function copied(): { readonly data: string; readonly db: Database.Database } {
  const copy = join(temporaryFolder(), 'data');
  cpSync(data, copy, { recursive: true });
  const db = new Database(join(copy, 'manyhands.db'));
  db.pragma('synchronous = OFF');
  onTestFinished(() => void db.close());
  return { data: copy, db };
}

test('[OP6] a backup is one file for its owner alone, with all that is needed to come back', async () => {
  expect(statSync(tar).mode & 0o777).toBe(0o600);
  await using file = await open(tar);
  const names: string[] = [];
  for await (const { name, content } of readTar(file)) {
    names.push(name);
    for await (const _ of content);
  }
  expect(names.slice(0, 4)).toEqual(['manyhands.db', 'project-key.json', 'admin-token', 'author.json']);
  expect(names.slice(4, -1).every((name) => /^blobs\/sha256\/..\/[0-9a-f]{64}$/.test(name))).toBe(true);
  expect([names.at(-1), names.length]).toEqual(['manifest.json', 7]);
  expect(readdirSync(dirname(tar)).sort()).toEqual(['backup.tar', 'data']);
});

test('[OP6] and the system’s own tar can read it', async () => {
  const folder = temporaryFolder();
  const [code] = await once(spawn('tar', ['-xf', tar, '-C', folder]), 'close');
  expect(code).toBe(0);
  expect(readFileSync(join(folder, 'project-key.json'), 'utf8')).toBe(readFileSync(join(data, 'project-key.json'), 'utf8'));
  expect(statSync(join(folder, 'admin-token')).mode & 0o777).toBe(0o600);
});

test('[OP6] a size beyond 8 GiB is written and read as a number', async () => {
  const path = join(temporaryFolder(), 'large.tar');
  const bytes = 3 * 2 ** 33;
  await using file = await open(path, 'wx+');
  // Only its header: the content is announced, and missing.
  await expect(new TarWriter(file).add({ name: 'large', bytes }, [], now)).rejects.toThrow('announced');
  for await (const entry of readTar(file)) {
    expect(entry).toMatchObject({ name: 'large', bytes });
    return;
  }
  expect.unreachable();
});

test('[OP10] what was backed up is there again, with the same keys and a larger epoch, and passes fsck', async () => {
  const folder = join(temporaryFolder(), 'new', 'data');
  const report = await restore(tar, folder, { now });
  expect(report).toMatchObject({
    isRestored: true,
    epoch: now.getTime() / 1000,
    manifest: { epoch: 1, layout: MIGRATIONS.length, violations: 0 },
  });
  for (const name of ['project-key.json', 'admin-token', 'author.json']) {
    expect(readFileSync(join(folder, name), 'utf8')).toBe(readFileSync(join(data, name), 'utf8'));
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  }
  const [before, after] = [rowsIn(data), rowsIn(folder)];
  const state = before['store_state'] as [object];
  expect(after).toEqual({ ...before, store_state: [{ ...state[0], epoch: report.epoch }] });
  expect(fsck(folder, { readBlobs: true }).found).toEqual({});
  expect(readdirSync(folder)).not.toContain('restoring');
});

test('[OP10] two restores of one backup are two lives, and a clock that is wrong does not lower an epoch', async () => {
  const [one, two, three] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
  const first = (await restore(tar, one, { now })).epoch;
  expect((await restore(tar, two, { now: new Date(now.getTime() + 1_000) })).epoch).toBeGreaterThan(first);
  const again = join(dirname(one), `${basename(one)}.tar`);
  onTestFinished(() => rmSync(again));
  await backup(one, again, { now });
  expect((await restore(again, three, { now: new Date(0) })).epoch).toBe(first + 1);
});

test('[OP10] a coordinator goes on with it as the same project', async () => {
  const folder = temporaryFolder();
  const { epoch } = await restore(tar, folder, { now });
  const { publicKey } = JSON.parse(readFileSync(join(data, 'project-key.json'), 'utf8')) as { publicKey: string };
  await using running = await startCoordinator(loadConfig({ data: folder, port: 0, logLevel: 'silent' }, {}));
  expect([running.projectKey, running.store.epoch]).toEqual([publicKey, epoch]);
  expect((await fetch(`${running.url}/v1/jobs`)).status).toBe(200);
});

test('[OP5] what was acknowledged before a backup began is in it, however fast the coordinator commits', async () => {
  const [folder, target] = [temporaryFolder(), join(temporaryFolder(), 'live.tar')];
  await openProjectSecrets(await openDataFolder(folder));
  const script = fileURLToPath(new URL('../store/sqlite/committing-child.contract.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=source', script, folder, '1'], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let acknowledged = 0;
  const enough = Promise.withResolvers<void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    acknowledged = Number(line);
    if (acknowledged >= 2_000) enough.resolve();
  });
  await enough.promise;
  const before = acknowledged;
  // The rows of that process are no books of an engine; only their number counts here.
  await backup(folder, target, { now });
  const during = acknowledged;
  await until(() => acknowledged > during);
  child.kill('SIGKILL');
  const again = temporaryFolder();
  await restore(target, again, { now, despiteViolations: true });
  await using store = await openSqliteStore(again);
  const { finalUnits } = await store.totals();
  expect(finalUnits).toBeGreaterThanOrEqual(before);
  expect(finalUnits % 20).toBe(0);
});

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}

test('[OP7] a backup replaces nothing', async () => {
  const target = join(temporaryFolder(), 'there');
  writeFileSync(target, 'mine');
  await expect(backup(data, target, { now })).rejects.toMatchObject({ code: 'bad-config', message: expect.stringContaining('left alone') });
  expect(readFileSync(target, 'utf8')).toBe('mine');
});

/** Runs it in a process of its own until it does `halt`, and kills it there. */
async function killAt(halt: string, ...args: readonly string[]): Promise<void> {
  const script = fileURLToPath(new URL('./halting-child.contract.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=source', script, ...args, halt], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  child.kill('SIGKILL');
  await ended;
  expect(line).toBe('halted');
}

test.each(['copying', 'checking totals', 'packing', 'reading'])(
  '[OP7] a backup killed while %s leaves nothing under its name',
  async (halt) => {
    const target = join(temporaryFolder(), 'killed.tar');
    await killAt(halt, 'backup', data, target);
    expect(existsSync(target)).toBe(false);
    await backup(data, target, { now });
  },
);

test.each(['unpacking', 'checking totals', 'moving blobs', 'moving manyhands.db', 'ending'])(
  '[OP11] a restore killed while %s leaves a folder that serve refuses, and the next one begins anew',
  async (halt) => {
    const folder = temporaryFolder();
    await killAt(halt, 'restore', tar, folder);
    expect(isEmpty(folder)).toBe(false);
    await expect(openDataFolder(folder)).rejects.toMatchObject({ code: 'damaged', message: expect.stringContaining('manyhands restore') });
    expect((await restore(tar, folder, { now })).isRestored).toBe(true);
    await openDataFolder(folder);
    expect(fsck(folder, { readBlobs: true }).found).toEqual({});
  },
);

test('[OP9] a folder that holds something is left alone', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'thesis.txt'), 'mine');
  await expect(restore(tar, folder, { now })).rejects.toMatchObject({ code: 'bad-config', message: expect.stringContaining('thesis.txt') });
  mkdirSync(join(folder, 'restoring'));
  await expect(restore(tar, folder, { now })).rejects.toMatchObject({ code: 'bad-config' });
  expect(readFileSync(join(folder, 'thesis.txt'), 'utf8')).toBe('mine');
  await expect(restore(join(folder, 'none.tar'), temporaryFolder(), { now })).rejects.toMatchObject({ code: 'bad-config' });
});

test('[OP9] a folder that somebody else is restoring into is left alone', async () => {
  const folder = temporaryFolder();
  const other = new Database(join(folder, 'coordinator.lock'));
  other.exec('BEGIN EXCLUSIVE');
  await expect(restore(tar, folder, { now })).rejects.toMatchObject({ code: 'in-use' });
  other.close();
});

test('[OP9] a backup that is cut short anywhere is refused, and nothing of it stays', async () => {
  const { size } = statSync(tar);
  const cut = join(temporaryFolder(), 'cut.tar');
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.nat(size - 1_600), fc.constantFrom(0, 512, 100)), async (bytes) => {
      cpSync(tar, cut);
      truncateSync(cut, bytes);
      const folder = mkdtempSync(join(dirname(cut), 'into-'));
      await expect(restore(cut, folder, { now })).rejects.toMatchObject({
        code: 'damaged',
        message: expect.stringContaining('no whole backup'),
      });
      expect(isEmpty(folder)).toBe(true);
    }),
    { numRuns: 20 },
  );
});

test('[OP9] a backup with one byte changed is refused, found wrong, or the byte meant nothing', async () => {
  const { size } = statSync(tar);
  const changed = join(temporaryFolder(), 'changed.tar');
  const healthy = rowsIn(data);
  await fc.assert(
    fc.asyncProperty(fc.nat(size - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
      cpSync(tar, changed);
      const file = openSync(changed, 'r+');
      writeSync(file, Buffer.from([(readFileSync(changed)[at] as number) ^ by]), 0, 1, at);
      closeSync(file);
      const folder = mkdtempSync(join(dirname(changed), 'into-'));
      const outcome = await restore(changed, folder, { now }).catch((error: { code: string }) => error.code);
      if (typeof outcome === 'string') expect(outcome).toBe('damaged');
      if (typeof outcome === 'string' || !outcome.isRestored) {
        expect(isEmpty(folder)).toBe(true);
        return;
      }
      expect({ ...rowsIn(folder), store_state: 0 }).toEqual({ ...healthy, store_state: 0 });
      expect(fsck(folder, { readBlobs: true }).found).toEqual({});
    }),
    { numRuns: 12 },
  );
}, 60_000);

test('[OP8] [OP12] books that do not add up are backed up as such, and restored only when asked for', async () => {
  const { data: copy, db } = copied();
  db.exec('UPDATE store_state SET microcredits = microcredits + 1');
  const target = join(dirname(copy), 'wrong.tar');
  const made = await backup(copy, target, { now });
  expect([made.check?.found, made.manifest.violations]).toEqual([{ I24: 1 }, 1]);
  const folder = temporaryFolder();
  expect(await restore(target, folder, { now })).toMatchObject({ isRestored: false, check: { found: { I24: 1 } } });
  expect(isEmpty(folder)).toBe(true);
  expect(await restore(target, folder, { now, despiteViolations: true })).toMatchObject({ isRestored: true });
  await openDataFolder(folder);
});

test('[OP8] of a database that cannot be read, and of a project without its key, there is no backup', async () => {
  const { data: copy, db } = copied();
  db.close();
  const target = join(dirname(copy), 'damaged.tar');
  const path = join(copy, 'manyhands.db');
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, statSync(path).size - 4096);
  closeSync(file);
  await expect(backup(copy, target, { now })).rejects.toMatchObject({
    code: 'damaged',
    message: expect.stringContaining('No backup was made'),
  });
  const { data: keyless } = copied();
  rmSync(join(keyless, 'project-key.json'));
  await expect(backup(keyless, target, { now })).rejects.toMatchObject({ code: 'damaged', message: expect.stringContaining('pinned') });
  expect(readdirSync(dirname(copy))).toEqual(['data']);
});
