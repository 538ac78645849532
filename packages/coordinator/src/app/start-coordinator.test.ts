import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PlayingWorker } from '../../test/playing-worker.ts';
import { TestAuthor } from '../../test/test-author.ts';
import { type CoordinatorSettings, loadConfig } from './config.ts';
import { startCoordinator } from './start-coordinator.ts';

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'manyhands-start-'));
});
afterEach(() => rm(data, { recursive: true }));

const configure = (settings: CoordinatorSettings = {}) => loadConfig({ data, port: 0, logLevel: 'silent', ...settings }, {});
const start = (settings: CoordinatorSettings = {}) => startCoordinator(configure(settings));

test('[SV4] a port in use is one clear error; whoever uses it is not disturbed, and the folder is free again', async () => {
  await using running = await start();
  const port = new URL(running.url).port;
  const other = join(data, 'other');
  await expect(start({ port, data: other })).rejects.toMatchObject({
    name: 'AppError',
    code: 'port-in-use',
    message: `Port ${port} on 127.0.0.1 is taken by another program. Stop it, or choose another port with --port.`,
  });
  expect((await fetch(`${running.url}/readyz`)).status).toBe(200);
  await using _second = await start({ data: other });
});

test('[SV4] an address that is not this machine’s', async () => {
  await expect(start({ host: '192.0.2.1' })).rejects.toMatchObject({
    code: 'address-unavailable',
    message: expect.stringContaining('--host'),
  });
});

test('[SV4] two coordinators on one folder: the second is refused and the first goes on', async () => {
  await using running = await start();
  await expect(start()).rejects.toMatchObject({ name: 'StoreError', code: 'in-use', message: expect.stringContaining('--data') });
  expect((await fetch(`${running.url}/readyz`)).status).toBe(200);
});

test('[SV4] a data folder that cannot be one', async () => {
  const file = join(data, 'a-file');
  await writeFile(file, '');
  await expect(start({ data: join(file, 'data') })).rejects.toMatchObject({
    code: 'not-writable',
    message: expect.stringContaining('(ENOTDIR)'),
  });
});

test('[SV4] a damaged key stops the start and frees the folder', async () => {
  await (await start()).close();
  const key = join(data, 'project-key.json');
  await writeFile(key, 'gone');
  await expect(start()).rejects.toMatchObject({ code: 'damaged' });
  await rm(key);
  await using _again = await start();
});

test('[SV3] the author file publishes at once', async () => {
  await using running = await start();
  const author = new TestAuthor(running.authorFile);
  expect(author.file.url).toBe(running.url);
  await author.publish('var manyhandsTask;', { kind: 'quorum', k: 1, agree: { kind: 'exact' } });
});

test('[SV5] stopping tells workers to come back, and may be asked for twice', async () => {
  const running = await start();
  using worker = new PlayingWorker(running.url);
  await worker.enter();
  await worker.take('reconciled');
  await Promise.all([running.close(), running.close()]);
  expect(await worker.take('drain')).toMatchObject({ retryAfterMs: expect.any(Number) });
  expect((await worker.closed).code).toBe(1012);
  await expect(fetch(`${running.url}/livez`)).rejects.toThrow();
  // Nothing is left that belongs to a running coordinator only.
  expect((await readdir(data)).filter((name) => /-wal$|^\.probe/.test(name))).toEqual([]);
});

test('[SV8] a store that fails is reported, and nothing is acknowledged after it', async () => {
  const broken = Promise.withResolvers<unknown>();
  await using running = await startCoordinator(configure(), { onBroken: broken.resolve });
  const author = new TestAuthor(running.authorFile);
  const task = await author.publish('var manyhandsTask;', { kind: 'quorum', k: 1, agree: { kind: 'exact' } });
  await author.create(task, { inputs: { kind: 'index', count: 5 } });
  using worker = new PlayingWorker(running.url);
  await worker.enter();
  worker.ask(1);
  const held = await worker.lease();
  running.store.commit = () => Promise.reject(new Error('the disk is gone'));
  const answered = worker.submit(held, () => '1');
  await expect(answered).rejects.toThrow(/^closed with 1013/);
  expect(await broken.promise).toMatchObject({ message: 'the disk is gone' });
});

test('[SV8] a store that fails ends the process', async () => {
  const script = `
    import { loadConfig, startCoordinator } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)};
    const running = await startCoordinator(loadConfig({ data: ${JSON.stringify(data)}, port: 0, engine: { keepAliveMs: 10 } }));
    running.store.keepAlive = () => Promise.reject(new Error('the disk is gone'));`;
  const child = spawn(process.execPath, ['--conditions=source', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  const code = await new Promise((resolve) => child.on('exit', resolve));
  expect([code, said]).toEqual([1, expect.stringContaining('the disk is gone')]);
});
