/** What an operator does with a project that runs, as real processes: looks whether it is right, copies it, and brings it back. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { jsonLines, type LocalGrid, manyhands, openLocalGrid, startManyhands, temporaryFolder } from '../../test/manyhands.ts';

const COLLATZ = fileURLToPath(new URL('../../../task-sdk/test/tasks/collatz.task.ts', import.meta.url));

let grid: LocalGrid;
beforeAll(async () => {
  grid = await openLocalGrid(['Ada', 'Grace']);
});
afterAll(() => grid?.[Symbol.asyncDispose]());

async function publish(...range: string[]): Promise<string> {
  const { stdout } = await grid.run(['publish', COLLATZ, '--range', ...range, '--json']);
  return (JSON.parse(stdout) as { job: { id: string } }).job.id;
}

test('[OP5] [OP6] [OP10] [CL1] a running project is checked, copied and brought back, and goes on', async () => {
  const data = ['--data', join(grid.folder, 'coordinator')];
  const done = await publish('1:401:100');
  expect((await grid.run(['watch', done])).code).toBe(0);
  const going = await publish('1:8000001:4000');

  const checked = await manyhands(['fsck', ...data]);
  expect(checked.code, checked.stdout + checked.stderr).toBe(0);
  expect(checked.stdout).toMatch(/^✓ Nothing is wrong: 2 jobs, [\d,]+ units, /);
  expect(checked.stderr).toContain('Checking');

  const folder = temporaryFolder();
  const file = join(folder, 'project.tar');
  const made = await manyhands(['backup', file, ...data, '--json']);
  expect([made.code, made.stderr]).toEqual([0, '']);
  expect(JSON.parse(made.stdout)).toMatchObject({ file, manifest: { violations: 0 }, check: { jobs: 2, violations: [] } });
  expect([statSync(file).mode & 0o777, readdirSync(folder)]).toEqual([0o600, ['project.tar']]);
  await grid.run(['cancel', going]);

  const restored = await manyhands(['restore', file, '--data', join(folder, 'data')]);
  expect(restored.code, restored.stderr).toBe(0);
  expect(restored.stdout).toContain('2 jobs');
  expect((await manyhands(['fsck', '--data', join(folder, 'data'), '--blobs'])).code).toBe(0);

  const again = startManyhands(['serve', '--data', join(folder, 'data'), '--port', '0']);
  const { url, joinUrl, projectKey } = (await again.ready) as { url: string; joinUrl: string; projectKey: string };
  expect(grid.joinUrl).toContain(projectKey);
  expect(await results(done, url)).toEqual(await results(done, grid.url));
  // Here it was never cancelled, and whoever joins goes on with it.
  const before = await finalUnits(going, url);
  for (const name of ['Alan', 'Edsger']) {
    const worker = startManyhands(['join', joinUrl, '--yes', '--data', join(folder, name), '--name', name, '--threads', '1']);
    await worker.ready;
  }
  await vi.waitUntil(async () => (await finalUnits(going, url)) > before, { timeout: 20_000 });
  process.kill(again.pid, 'SIGTERM');
  await again.ended;
  expect((await manyhands(['fsck', '--data', join(folder, 'data'), '--blobs'])).stdout).toContain('Nothing is wrong');
}, 60_000);

test('[OP2] [OP3] [OP4] what is wrong with a project that runs is explained, and the project goes on', async () => {
  const folder = join(grid.folder, 'coordinator');
  const done = await publish('1:401:100');
  expect((await grid.run(['watch', done])).code).toBe(0);
  const byHand = (sql: string) => {
    const db = new DatabaseSync(join(folder, 'manyhands.db'), { timeout: 5_000 });
    db.exec(sql);
    db.close();
  };
  byHand('UPDATE store_state SET microcredits = microcredits + 1; UPDATE unit SET ready = 1 WHERE phase = 2 AND idx = 0');
  const checked = await manyhands(['fsck', '--data', folder]);
  expect(checked.code, checked.stderr).toBe(1);
  for (const words of ['I24  the project', 'I28  job_', 'What it means: ', 'What to do: ']) expect(checked.stdout).toContain(words);
  byHand('UPDATE store_state SET microcredits = microcredits - 1; UPDATE unit SET ready = 0 WHERE phase = 2 AND idx = 0');
  expect((await manyhands(['fsck', '--data', folder])).code).toBe(0);
  expect((await grid.run(['watch', await publish('1:201:100')])).code).toBe(0);
}, 60_000);

async function results(job: string, url: string): Promise<string[]> {
  const { stdout } = await manyhands(['results', job, '--json'], { env: { MANYHANDS_AUTHOR: grid.authorFile, MANYHANDS_URL: url } });
  return jsonLines(stdout)
    .map(({ index, output }) => JSON.stringify({ index, output }))
    .sort();
}

const finalUnits = async (job: string, url: string): Promise<number> =>
  ((await (await fetch(`${url}/v1/jobs/${job}`)).json()) as { units: { final: number } }).units.final;

/** A project that has just begun, and is not running. */
async function smallProject(): Promise<string> {
  const data = join(temporaryFolder(), 'data');
  const serve = startManyhands(['serve', '--data', data, '--port', '0']);
  await serve.ready;
  process.kill(serve.pid, 'SIGTERM');
  await serve.ended;
  return data;
}

test('[OP2] [OP4] [OP8] [OP12] books that do not add up are explained, with 1; they are restored only when asked for', async () => {
  const data = await smallProject();
  const db = new DatabaseSync(join(data, 'manyhands.db'));
  db.exec('UPDATE store_state SET microcredits = 1');
  db.close();
  const checked = await manyhands(['fsck', '--data', data]);
  expect(checked.code).toBe(1);
  for (const words of ['I24  the project', 'What it means: ', 'What to do: ', '1 violation (I24 1 ×)'])
    expect(checked.stdout).toContain(words);
  expect(JSON.parse((await manyhands(['fsck', '--data', data, '--json'])).stdout)).toMatchObject({
    found: { I24: 1 },
    violations: [{ rule: 'I24' }],
  });

  const file = join(data, '..', 'wrong.tar');
  const made = await manyhands(['backup', file, '--data', data]);
  expect([made.code, made.stderr]).toEqual([1, expect.stringContaining('something in these books is wrong')]);
  const to = ['--data', join(data, '..', 'again')];
  const refused = await manyhands(['restore', file, ...to]);
  expect([refused.code, refused.stdout]).toEqual([1, expect.stringContaining('--despite-violations')]);
  expect((await manyhands(['restore', file, ...to, '--despite-violations'])).code).toBe(0);
});

test('[OP3] [OP4] a damaged database ends with 74, a folder without one with 78', async () => {
  const data = await smallProject();
  const path = join(data, 'manyhands.db');
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.fill(0xa5, bytes.length - 8192));
  expect(await manyhands(['fsck', '--data', data])).toMatchObject({ code: 74 });
  expect(await manyhands(['backup', join(data, '..', 'x.tar'), '--data', data])).toMatchObject({
    code: 74,
    stderr: expect.stringContaining('damaged'),
  });
  expect(await manyhands(['fsck', '--data', temporaryFolder()])).toMatchObject({ code: 78, stderr: expect.stringContaining('--data') });
  expect(readdirSync(join(data, '..'))).toEqual(['data']);
});

test('[OP7] [OP9] [OP11] what is in the way is named and left alone, and a folder half restored is refused', async () => {
  const data = await smallProject();
  const file = join(data, '..', 'project.tar');
  expect((await manyhands(['backup', file, '--data', data])).code).toBe(0);
  expect(await manyhands(['backup', file, '--data', data])).toMatchObject({ code: 78, stderr: expect.stringContaining('left alone') });
  expect(await manyhands(['restore', file, '--data', data])).toMatchObject({
    code: 78,
    stderr: expect.stringContaining('replaces nothing'),
  });
  const half = join(data, '..', 'half');
  mkdirSync(join(half, 'restoring'), { recursive: true });
  expect(await manyhands(['serve', '--data', half, '--port', '0'])).toMatchObject({
    code: 74,
    stderr: expect.stringContaining('manyhands restore'),
  });
  expect((await manyhands(['restore', file, '--data', half])).code).toBe(0);
  const serve = startManyhands(['serve', '--data', half, '--port', '0']);
  expect(await serve.ready).toMatchObject({ url: expect.any(String) });
});
