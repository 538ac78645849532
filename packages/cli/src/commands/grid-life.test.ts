/** The commands together, as real processes: a coordinator, two volunteers, an author. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { jsonLines, type LocalGrid, manyhands, openLocalGrid, startManyhands, temporaryFolder } from '../../test/manyhands.ts';

const taskFile = (name: string): string => fileURLToPath(new URL(`../../../task-sdk/test/tasks/${name}.task.ts`, import.meta.url));
const COLLATZ = taskFile('collatz');

let grid: LocalGrid;
beforeAll(async () => {
  grid = await openLocalGrid(['Ada', 'Grace']);
});
afterAll(() => grid?.[Symbol.asyncDispose]());

async function publish(args: string[], stdin = ''): Promise<{ id: string; url: string; units: number }> {
  const { code, stdout, stderr } = await grid.run(['publish', COLLATZ, ...args, '--json'], stdin);
  expect([code, stderr], stdout).toEqual([0, '']);
  return (JSON.parse(stdout) as { job: { id: string; url: string; units: number } }).job;
}

test('[CL8] [CL9] a task is published, computed by volunteers, watched, and its results printed', async () => {
  const job = await publish(['--range', '1:401:100', '--title', 'Four pieces']);
  expect(job.units).toBe(4);
  const watched = await grid.run(['watch', job.id, '--json']);
  const views = jsonLines(watched.stdout);
  expect([watched.code, watched.stderr]).toEqual([0, '']);
  expect(views.at(-1)).toMatchObject({ id: job.id, title: 'Four pieces', state: 'done', units: { total: 4, final: 4 } });
  const printed = await grid.run(['results', job.id, '--json']);
  const rows = jsonLines(printed.stdout).sort((a, b) => Number(a.index) - Number(b.index));
  expect(rows.map(({ status, input, output }) => [status, input, output])).toEqual([
    ['ok', { from: 1, to: 101 }, { n: 97, steps: 118 }],
    ['ok', { from: 101, to: 201 }, { n: 171, steps: 124 }],
    ['ok', { from: 201, to: 301 }, { n: 231, steps: 127 }],
    ['ok', { from: 301, to: 401 }, { n: 327, steps: 143 }],
  ]);
  const names = rows.map(({ verifiedBy }) => (verifiedBy as { name: string }[]).map(({ name }) => name).sort());
  expect(names).toEqual(rows.map(() => ['Ada', 'Grace']));
  expect((await fetch(job.url)).status).toBe(200);
});

test('[CL2] [CL9] [CL20] for people, results are lines on standard output, and explain tells a unit’s story', async () => {
  const job = await publish(['--input', '{"from":1,"to":10}', '{"from":10,"to":20}']);
  const { stdout, stderr, code } = await grid.run(['results', job.id]);
  expect([code, stderr]).toEqual([0, '']);
  expect(
    stdout
      .split('\n')
      .filter((line) => line !== '')
      .sort(),
  ).toEqual(['0\t{"n":9,"steps":19}', '1\t{"n":18,"steps":20}']);
  const told = await grid.run(['explain', `${job.id}/1`]);
  expect(told.stdout).toMatch(
    /^Unit job_\S+\/1 of "\S.*" is final\.\n\n {2}policy {3}2 accounts must give the same answer\n {2}input {4}\{"from":10,"to":20\}\n/,
  );
  expect(told.stdout).toMatch(/Given to Ada\..*Ada answered A\..*Final: A\. 2 accounts gave it, and 2 were asked for\.\n.*is believed/s);
  const json = JSON.parse((await grid.run(['explain', `${job.id}/1`, '--json'])).stdout);
  expect(json).toMatchObject({
    state: { kind: 'final' },
    story: expect.arrayContaining([expect.objectContaining({ kind: 'final', answer: 'A' })]),
  });
});

test('[CL16] [CL18] [CL19] the verdicts of a job are counted again, kept, and counted again without a coordinator', async () => {
  const job = await publish(['--range', '1:301:100']);
  expect((await grid.run(['watch', job.id])).code).toBe(0);
  const file = join(temporaryFolder(), 'evidence.ndjson');
  const verified = await grid.run(['verify', job.id, '--save', file, '--json']);
  const report = { job: job.id, policyVersion: 1, units: 3, verdicts: 3, justified: 3, outputs: 3, violations: [] };
  expect([verified.code, verified.stderr]).toEqual([0, '']);
  expect(JSON.parse(verified.stdout)).toMatchObject(report);
  const again = await manyhands(['verify', '--file', file, '--json']);
  expect([again.code, again.stdout]).toEqual([0, verified.stdout]);
  expect((await manyhands(['verify', '--file', file])).stdout).toContain('✔ 3 verdicts counted again: each is justified by its evidence.');
  expect((await grid.run(['verify', job.id, '--save', file])).code).toBe(64);
});

test('[CL16] [CL17] [CL18] evidence or outputs that were changed end with 1, and the unit is named', async () => {
  const job = await publish(['--input', '{"from":1,"to":10}']);
  await grid.run(['watch', job.id]);
  const file = join(temporaryFolder(), 'evidence.ndjson');
  await grid.run(['verify', job.id, '--save', file]);
  const kept = readFileSync(file, 'utf8');
  const [account, other] = kept.match(/account_[\w-]{22}/g) ?? [];
  for (const [changed, told] of [
    [kept.replace(account ?? '', other ?? ''), 'one host or account had two replicas of it [I11]'],
    [kept.replace('{\\"n\\":9', '{\\"n\\":8'), 'the output that was delivered is not the one that was believed'],
  ] as const) {
    expect(changed).not.toBe(kept);
    writeFileSync(file, changed);
    const { code, stdout } = await manyhands(['verify', job.id, '--file', file]);
    expect([code, stdout]).toEqual([1, expect.stringContaining(`✘ ${job.id}/0: ${told}`)]);
    expect(stdout).toContain('1 verdict counted again: 0 justified, 1 not.');
  }
});

test('[CL3] verify says what it was not told, or cannot read', async () => {
  const codes = async (...args: string[]) => (await manyhands(['verify', ...args])).code;
  const elsewhere = join(temporaryFolder(), 'evidence.ndjson');
  expect(await codes()).toBe(64);
  expect(await codes('job_x')).toBe(64);
  expect(await codes('--file', elsewhere)).toBe(65);
  expect(await codes('--file', elsewhere, '--save', elsewhere)).toBe(64);
  writeFileSync(elsewhere, '{}\n');
  expect(await codes('--file', elsewhere)).toBe(1);
});

test('[CL8] inputs come over standard input; one that does not fit ends with 65 and leaves no open job', async () => {
  const good = await publish(['--inputs', '-', '--title', 'Piped'], '{"from":1,"to":3}\n{"from":3,"to":5}\n');
  expect(good.units).toBe(2);
  const { code, stdout } = await grid.run(
    ['publish', COLLATZ, '--inputs', '-', '--title', 'Misfit', '--json'],
    '{"from":1,"to":3}\n{"from":"x"}\n',
  );
  expect(code).toBe(65);
  expect(JSON.parse(stdout).error.message).toContain('Input 1 (counted from 0) does not fit');
  const { jobs } = (await (await fetch(`${grid.url}/v1/jobs`)).json()) as { jobs: { title: string; state: string }[] };
  expect(jobs.filter(({ title }) => title === 'Misfit').map(({ state }) => state)).toEqual(['cancelled']);
});

test('[CL8] publishing again under the same key goes on with the job that is there', async () => {
  const inputs = ['--input', '{"from":1,"to":2}', '--key', 'once-and-again'];
  const first = await publish(inputs);
  await grid.run(['watch', first.id]);
  expect(await publish(inputs)).toEqual(first);
});

test('[CL8] a task that cannot be used ends with 65', async () => {
  const file = join(temporaryFolder(), 'bad.task.ts');
  writeFileSync(file, 'export default { run: 1 };');
  const { code, stderr } = await grid.run(['publish', file, '--count', '3']);
  expect(code).toBe(65);
  expect(stderr).toContain('its `run` is a number, not a function');
});

test('[CL9] a cancelled job is watched to its end, with 1', async () => {
  // Far too much to be computed before it is cancelled.
  const job = await publish(['--range', '1:1000000001:1000000']);
  const cancelled = await grid.run(['cancel', job.id, '--json']);
  expect([cancelled.code, JSON.parse(cancelled.stdout).state]).toEqual([0, 'cancelled']);
  expect((await grid.run(['watch', job.id])).code).toBe(1);
});

test('[CL3] an unknown job, and a token nobody gave, are refused with 77', async () => {
  const unknown = await grid.run(['watch', `job_${'x'.repeat(22)}`]);
  expect([unknown.code, unknown.stderr]).toEqual([77, expect.stringContaining('There is no job')]);
  const stranger = await grid.run(['publish', COLLATZ, '--count', '1', '--token', 'nobody']);
  expect(stranger.code).toBe(77);
});

test('[CL6] a taken port, an unusable folder and a folder in use each have a message and a code', async () => {
  const folder = temporaryFolder();
  const { port } = new URL(grid.url);
  const taken = await manyhands(['serve', '--data', folder, '--port', port]);
  expect([taken.code, taken.stdout]).toEqual([69, '']);
  expect(taken.stderr).toContain(`Port ${port}`);
  writeFileSync(join(folder, 'file'), '');
  const unusable = await manyhands(['serve', '--data', join(folder, 'file', 'data'), '--port', '0']);
  expect([unusable.code, unusable.stderr]).toEqual([78, expect.stringContaining('cannot be written')]);
  const second = await manyhands(['serve', '--data', join(grid.folder, 'coordinator'), '--port', '0']);
  expect(second.code, second.stderr).toBe(75);
});

test('[CL6] serve says where it listens, and ends with 0 when told to', async () => {
  const serve = startManyhands(['serve', '--data', temporaryFolder(), '--port', '0', '--log-level', 'silent']);
  const { url } = (await serve.ready) as { url: string };
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  process.kill(serve.pid, 'SIGTERM');
  expect(await serve.ended).toEqual({ code: 0, signal: null });
});

test('[CL7] where nobody can be asked, join shows everything and starts nothing', async () => {
  const data = join(temporaryFolder(), 'me');
  const { code, stdout, stderr } = await manyhands(['join', grid.joinUrl, '--data', data]);
  expect([code, stdout]).toEqual([64, '']);
  for (const words of ['run by the tests', 'What it may use:', 'Files: tasks see none', 'add --yes']) expect(stderr).toContain(words);
  expect(existsSync(join(data, 'project.json'))).toBe(false);
});

test('[CL7] a coordinator that is down, and a link of another key, are named', async () => {
  const data = temporaryFolder();
  const down = await manyhands(['join', 'http://127.0.0.1:9', '--yes', '--data', data]);
  expect(down.code, down.stderr).toBe(69);
  const forged = await manyhands(['join', `${grid.url}/#key=${'A'.repeat(43)}`, '--yes', '--data', data]);
  expect(forged.code, forged.stderr).toBe(77);
});

test('[CL10] [CD18] status, pause and resume reach the running worker; without one they end with 1', async () => {
  const data = ['--data', join(grid.folder, 'Ada'), '--json'];
  expect(JSON.parse((await manyhands(['status', ...data])).stdout)).toMatchObject({
    worker: { displayName: 'Ada', why: expect.any(String), gflops: expect.any(Number) },
    credit: { name: 'Ada', credit: expect.any(Number) },
  });
  expect(JSON.parse((await manyhands(['pause', '1h', ...data])).stdout)).toMatchObject({ worker: { state: 'paused' } });
  expect(JSON.parse((await manyhands(['resume', ...data])).stdout)).toMatchObject({ worker: { state: 'working' } });
  const nobody = await manyhands(['status', '--data', temporaryFolder()]);
  expect([nobody.code, nobody.stdout]).toEqual([1, expect.stringContaining('No worker runs on')]);
});

test('[CL3] an operator certifies an author, who publishes until revoked', async () => {
  const folder = temporaryFolder();
  const out = join(folder, 'bob.json');
  const data = ['--data', join(grid.folder, 'coordinator')];
  expect((await manyhands(['admin', 'author', 'add', 'bob', '--out', out, ...data])).code).toBe(0);
  const asBob = () => manyhands(['publish', COLLATZ, '--input', '{"from":1,"to":2}', '--author', out]);
  expect((await asBob()).code).toBe(0);
  expect((await manyhands(['admin', 'author', 'revoke', 'bob', ...data])).code).toBe(0);
  expect((await asBob()).code).toBe(77);
});

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('[CL11] dev is one process tree: kill -9 of its root ends all of it', async () => {
  const dev = startManyhands(['dev', '--port', '0', '--volunteers', '2', '--data', temporaryFolder()]);
  const { url, volunteers } = (await dev.ready) as { url: string; volunteers: { pid: number }[] };
  expect((await fetch(`${url}/v1/project`)).status).toBe(200);
  expect(volunteers.every(({ pid }) => isAlive(pid))).toBe(true);
  process.kill(dev.pid, 'SIGKILL');
  await vi.waitUntil(() => !volunteers.some(({ pid }) => isAlive(pid)), { timeout: 20_000 });
  await vi.waitUntil(
    () =>
      fetch(url).then(
        () => false,
        () => true,
      ),
    { timeout: 20_000 },
  );
});
