import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTemporaryFolder } from '../../test/temporary-folder.ts';
import { controlAddressOf } from './control-address.ts';
import { readStatus, sendControl } from './control-client.ts';
import type { WorkerStatus } from './control-protocol.ts';
import { ControlServer } from './control-server.ts';

const STATUS: WorkerStatus = {
  pid: 1,
  software: 'test',
  startedAt: 1,
  asOf: 2,
  why: 'Idle.',
  state: 'working',
  link: 'online',
  project: { name: 'p', url: 'http://x/', fingerprint: 'w' },
  host: null,
  account: null,
  displayName: null,
  team: null,
  gflops: 2.5,
  threads: 1,
  sandbox: [],
  held: { preparing: 0, queued: 0, running: 0, finished: 0 },
  running: [],
  tally: { accepted: 0, started: 0, finished: 0, errors: 0, recorded: 0, late: 0, refused: 0, dropped: 0 },
};

let folder: Awaited<ReturnType<typeof openTemporaryFolder>>;
beforeEach(async () => {
  folder = await openTemporaryFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

test('[WK40] a request is answered by the daemon; without one the answer is null', async () => {
  expect(await readStatus(folder.path)).toBeNull();
  expect(await readStatus(join(folder.path, 'nowhere'))).toBeNull();
  const heard: string[] = [];
  {
    await using server = await ControlServer.open(folder.path);
    const early = readStatus(folder.path);
    server.serve(({ command }) => {
      heard.push(command);
      return { ok: true, status: STATUS };
    });
    expect(await early).toEqual(STATUS);
    expect(await sendControl(folder.path, { command: 'pause', forMs: null })).toEqual({ ok: true, status: STATUS });
  }
  expect(heard).toEqual(['status', 'pause']);
  expect(await readStatus(folder.path)).toBeNull();
});

test('nonsense gets a refusal and harms nobody', async () => {
  await using server = await ControlServer.open(folder.path);
  server.serve(() => ({ ok: true, status: STATUS }));
  expect(await sendControl(folder.path, { command: 'dance' } as never)).toMatchObject({ ok: false });
  const socket = connect(controlAddressOf(folder.path));
  socket.write('x'.repeat(10_000));
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toContain('"ok":false');
  socket.destroy();
  expect(await readStatus(folder.path)).toEqual(STATUS);
});

test('[WK39] one worker per data folder', async () => {
  await using first = await ControlServer.open(folder.path);
  first.serve(() => ({ ok: true, status: STATUS }));
  await expect(ControlServer.open(folder.path)).rejects.toMatchObject({ code: 'already-running' });
  expect(await readStatus(folder.path)).toEqual(STATUS);
});

test('[WK39] of many that start at once exactly one gets the folder, also over a dead one’s socket', async () => {
  await leaveSocketBehind(controlAddressOf(folder.path));
  const starts = await Promise.allSettled(Array.from({ length: 8 }, () => ControlServer.open(folder.path)));
  const winners = starts.filter((start) => start.status === 'fulfilled');
  expect(winners).toHaveLength(1);
  for (const { value } of winners) {
    value.serve(() => ({ ok: true, status: STATUS }));
    expect(await readStatus(folder.path)).toEqual(STATUS);
    await value[Symbol.asyncDispose]();
  }
});

test('[WK39] a worker that died while it started holds nobody up', async () => {
  const lock = join(folder.path, 'control.lock');
  await writeFile(lock, '');
  const longAgo = new Date(Date.now() - 60_000);
  await utimes(lock, longAgo, longAgo);
  await using server = await ControlServer.open(folder.path);
  server.serve(() => ({ ok: true, status: STATUS }));
  expect(await readStatus(folder.path)).toEqual(STATUS);
  expect(await readdir(folder.path)).toEqual(['control.sock']);
});

test('[WK41] the socket is its owner’s alone, also where the folder’s path is too long for one', async () => {
  const long = join(folder.path, 'x'.repeat(100));
  await mkdir(long);
  for (const root of [folder.path, long]) {
    await using server = await ControlServer.open(root);
    server.serve(() => ({ ok: true, status: STATUS }));
    expect((await stat(controlAddressOf(root))).mode & 0o077).toBe(0);
    expect(await readStatus(root)).toEqual(STATUS);
  }
});

/** As kill -9 does. */
async function leaveSocketBehind(address: string): Promise<void> {
  const child = spawn(
    process.execPath,
    ['-e', `require('node:net').createServer().listen(process.argv[1], () => console.log('up'))`, address],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  await once(child.stdout, 'data');
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
  expect((await stat(address)).isSocket()).toBe(true);
}
