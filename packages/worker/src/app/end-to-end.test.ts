/** The real coordinator, the real worker, the real sandbox: three processes and a job. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { openTemporaryFolder } from '../../test/temporary-folder.ts';
import { WorkerProcess } from '../../test/worker-process.ts';
import { readStatus } from '../control/control-client.ts';

const MANYHANDS = new URL('../../../cli/src/app/main.ts', import.meta.url).pathname;
const SQUARE = new URL('../../test/fixtures/square.task.ts', import.meta.url).pathname;

async function openCoordinator(data: string): Promise<AsyncDisposable & { joinUrl: string }> {
  const args = ['--conditions=source', MANYHANDS, 'serve', '--data', data, '--port', '0', '--log-level', 'warn', '--json'];
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line')) as [string];
  const { joinUrl } = JSON.parse(line) as { joinUrl: string };
  return {
    joinUrl,
    async [Symbol.asyncDispose]() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function manyhands(...args: string[]): Promise<Record<string, unknown>[]> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=source', MANYHANDS, ...args, '--json']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('[WK22] a job is joined, computed, delivered and verified, and the worker finishes', async () => {
  await using folder = await openTemporaryFolder();
  const [data, volunteer] = [join(folder.path, 'coordinator'), join(folder.path, 'volunteer')];
  await using coordinator = await openCoordinator(data);
  await using worker = new WorkerProcess([
    '--url',
    coordinator.joinUrl,
    '--yes',
    '--data',
    volunteer,
    '--threads',
    '2',
    '--log-level',
    'warn',
  ]);
  const author = ['--author', join(data, 'author.json')];
  const inputs = Array.from({ length: 30 }, (_, n) => String(n));
  await manyhands('publish', SQUARE, ...author, '--input', ...inputs, '--watch');
  const status = await readStatus(volunteer);
  expect(status?.tally, worker.stderr).toMatchObject({ accepted: 30, finished: 30, errors: 0, late: 0, refused: 0 });
  expect(status?.sandbox).toContain('isolate');
  await manyhands('finish', '--data', volunteer);
  expect(await worker.exited).toBe(0);
  expect(worker.events.at(-1)).toMatchObject({ event: 'closed', exitCode: 0 });
}, 90_000);
