/** What is left to an attacker who has broken out of the isolate and owns a runner's JavaScript, layer by layer. */
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bubblewrap } from '../../packages/sandbox/src/confinement/bubblewrap.ts';
import { detectLayers } from '../../packages/sandbox/src/confinement/detect-layers.ts';
import type { Command, Layer } from '../../packages/sandbox/src/confinement/layer.ts';
import { findEngineBinary } from '../../packages/sandbox/src/engine-binary.ts';
import { openIsolateSandbox } from '../../packages/sandbox/src/index.ts';
import { runnerCommand } from '../../packages/sandbox/src/runner-command.ts';
import { bundleOf, executionOf, resultOf, taskOf } from '../../packages/sandbox/src/testing/tasks.ts';
import type { Attempts, Targets } from './fixtures/attempts.ts';
import { guardedLayers } from './fixtures/guarded-layers.ts';

let folder: string;
let server: Server;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'manyhands-secret-'));
  writeFileSync(join(folder, 'secret'), 'a host key');
  server = createServer((socket) => socket.on('error', () => {}).end());
  await promisify(server.listen.bind(server) as (port: number, host: string, done: () => void) => void)(0, '127.0.0.1');
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** Starts the prober exactly as a runner is started, but for the file that runs. */
async function probe(layers: readonly Layer[]): Promise<{ inMain: Attempts; inThread: Attempts }> {
  const bare = runnerCommand(findEngineBinary());
  const prober = fileURLToPath(new URL('./fixtures/prober.ts', import.meta.url));
  const targets: Targets = {
    secretFile: join(folder, 'secret'),
    port: (server.address() as { port: number }).port,
    daemonPid: process.pid,
  };
  const args = bare.args.map((arg) => (arg.includes('child/main') ? prober : arg));
  const permitted = [`--allow-fs-read=${dirname(prober)}`, ...args, JSON.stringify(targets)];
  const command: Command = { ...bare, args: permitted, readable: [...bare.readable, dirname(prober)] };
  const { file, args: wrapped } = layers.reduceRight((inner, layer) => layer.wrap(inner), command);
  const { stdout } = await promisify(execFile)(file, wrapped, { cwd: command.folder, env: { TZ: 'UTC', LANG: 'C' } });
  return JSON.parse(stdout) as { inMain: Attempts; inThread: Attempts };
}

test('[SB20] Node’s permission model holds in the runner’s main thread and in its task threads', async () => {
  const { inMain, inThread } = await probe([]);
  const denied = {
    readSecret: 'ERR_ACCESS_DENIED',
    readPasswords: 'ERR_ACCESS_DENIED',
    write: 'ERR_ACCESS_DENIED',
    spawnShell: 'ERR_ACCESS_DENIED',
  };
  expect(inMain).toMatchObject({ ...denied, environment: 'LANG,TZ' });
  expect(inThread).toMatchObject({ ...denied, environment: 'LANG,TZ' });
});

const works = (await detectLayers(process.execPath)).includes(bubblewrap);

test.runIf(works)('[SB21] inside bubblewrap there is no network and no other process', async () => {
  const { inMain, inThread } = await probe([bubblewrap]);
  const walled = { signalDaemon: 'ESRCH', connect: expect.not.stringMatching('yes') };
  expect(inMain).toMatchObject(walled);
  expect(inThread).toMatchObject(walled);
});

test.runIf(works)('[SB21] inside bubblewrap the files of the machine are not there, with or without Node’s permission model', () => {
  const { file, args } = bubblewrap.wrap({ file: runnerCommand(findEngineBinary()).file, args: ['-e', LOOK], readable: [], folder: '/' });
  const seen = JSON.parse(execFileSync(file, [...args, join(folder, 'secret')], { encoding: 'utf8', env: {} })) as unknown;
  expect(seen).toEqual(['ENOENT', 'ENOENT', 'ENOENT', 'sandbox']);
});
const LOOK = `
  const { readFileSync, readdirSync } = require('node:fs');
  const attempt = (act) => { try { act(); return 'yes'; } catch (error) { return error.code; } };
  const { spawnSync } = require('node:child_process');
  console.log(JSON.stringify([attempt(() => readFileSync(process.argv[1])), attempt(() => readdirSync('/etc')), spawnSync('/bin/sh').error?.code, require('node:os').hostname()]));`;

test('[SB21] a layer that does not work here is left out', async () => {
  expect(await detectLayers('/nonexistent/node')).toEqual([]);
});

test('[SB21] without any layer of the operating system everything works, and the sandbox says what it has', async () => {
  await using bare = await openIsolateSandbox({ threads: 1, confinement: 'none' });
  expect(bare.layers).toEqual(['isolate', 'child process', 'node permissions', 'lowest priority']);
  await using runner = await bare.openRunner(taskOf(bundleOf('run: (x) => x')));
  expect(resultOf(await runner.run(executionOf(5)))).toBe(5);
  await using best = await openIsolateSandbox({ threads: 1 });
  expect(best.layers).toEqual(expect.arrayContaining([...bare.layers]));
  expect(best.layers.includes('bubblewrap')).toBe(works);
});

test('[SB18] a closed sandbox opens no runner, and no sandbox has more threads than isolated-vm', async () => {
  const sandbox = await openIsolateSandbox({ threads: 1, confinement: 'none' });
  await sandbox[Symbol.asyncDispose]();
  await expect(sandbox.openRunner(taskOf(bundleOf('run: (x) => x')))).rejects.toThrow('closed');
  for (const threads of [0, 1.5, 10_000]) await expect(openIsolateSandbox({ threads })).rejects.toThrow(/this machine/);
});

test.each([
  ['never ends', 500, 'for (;;);', /did not finish loading within 1000 ms/],
  [
    'fills the heap',
    20_000,
    'for (const all = []; ; ) all.push({ all });',
    /does not load: used more than 64 MB|takes more than 64 MB while it loads/,
  ],
  [
    'takes memory that V8 does not count',
    20_000,
    'for (const all = []; ; ) { const m = new WebAssembly.Memory({ initial: 256 }); new Uint8Array(m.buffer).fill(1); all.push(m); }',
    /takes more than 64 MB while it loads/,
  ],
])('[SB8] a bundle that %s while it loads is refused', async (_name, timeoutMs, bundle, message) => {
  await using sandbox = await openIsolateSandbox({ threads: 1, confinement: await guardedLayers() });
  await expect(sandbox.openRunner(taskOf(bundle, { limits: { timeoutMs } }))).rejects.toThrow(message);
});

test('[SB21] a machine whose runner cannot start says why', async () => {
  const broken: Layer = {
    name: 'broken',
    wrap: (command) => ({ ...command, args: ['-e', 'console.error("no such luck"); process.exit(3)'] }),
  };
  await using sandbox = await openIsolateSandbox({ threads: 1, confinement: [broken] });
  await expect(sandbox.openRunner(taskOf(bundleOf('run: (x) => x')))).rejects.toThrow(/exit code 3.*no such luck/s);
});

test('[SB21] the probe itself can fail: without the layers everything is allowed', () => {
  const outside = spawnSync(process.execPath, ['-e', LOOK, join(folder, 'secret')], { encoding: 'utf8' });
  expect((JSON.parse(outside.stdout) as string[]).slice(0, 2)).toEqual(['yes', 'yes']);
});
