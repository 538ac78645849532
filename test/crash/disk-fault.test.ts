import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runIntoFaults } from './disk-fault.ts';
import { type FailingCall, failingAt } from './strace.ts';
import { openWorkshop } from './workshop.ts';

/** In the middle of a commit, at the end of one, and on the way up. */
const FAULTS: readonly FailingCall[] = [
  { call: 'fsync', error: 'EIO', nth: 60 },
  { call: 'pwrite64', error: 'EIO', nth: 150 },
  { call: 'ftruncate', error: 'EIO', nth: 1 },
];

test('[CR9] a call to the disk that fails stops it in words: nothing is tried again, nothing acknowledged is lost, and it starts again', async () => {
  let met = 0;
  for await (const { fault, ending, failed, triedAgain, violations } of runIntoFaults(FAULTS, 60_000)) {
    met++;
    const said = expect.stringContaining('The disk failed to read or write. Check the disk');
    expect([ending?.code, ending?.said], `${fault.call} ${fault.nth}`).toEqual([74, said]);
    expect([triedAgain, violations]).toEqual([[], []]);
    expect(failed.some((line) => line.includes('manyhands.db'))).toBe(true);
  }
  expect(met).toBe(FAULTS.length);
}, 240_000);

const PUTTING_CHILD = fileURLToPath(new URL('./fixtures/putting-child.ts', import.meta.url));
/** More than there are syncs on the main thread, which count for themselves. */
const BLOBS = 20;

/** Each blob is two syncs of libuv's one thread, the second that of its name. */
function putBlobs(folder: string, nth: number, log: string): unknown {
  const [program, ...args] = [
    ...failingAt({ call: 'fsync', error: 'EIO', nth }, log),
    ...[process.execPath, '--conditions=source', PUTTING_CHILD, folder, String(BLOBS)],
  ] as [string, ...string[]];
  const { stdout } = spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, UV_THREADPOOL_SIZE: '1' }, timeout: 30_000 });
  return JSON.parse(stdout);
}

test('[CR12] [BL4] a blob whose name could not be made durable is refused and not there', async () => {
  await using workshop = await openWorkshop();
  expect(putBlobs(join(workshop.path, 'blobs'), 2 * BLOBS, join(workshop.path, 'log'))).toEqual(['io', null]);
});

test('[BL9] a start makes the names that it finds durable', async () => {
  await using workshop = await openWorkshop();
  const [folder, log] = [join(workshop.path, 'blobs'), join(workshop.path, 'log')];
  const never = 2 * BLOBS + 1;
  expect(putBlobs(folder, never, log)).toEqual(['stored', 7]);
  expect(putBlobs(folder, never, log)).toEqual(['stored', 7]);
  const synced = readFileSync(log, 'utf8')
    .split('\n')
    .flatMap((line) => /fsync\(\d+<([^>]*)>/.exec(line)?.[1] ?? []);
  const firstPut = synced.findIndex((path) => path.includes('/incoming/'));
  const atOpen = synced.slice(0, firstPut);
  expect(atOpen).toContain(join(folder, 'sha256'));
  expect(atOpen.filter((path) => path.startsWith(join(folder, 'sha256/'))).length).toBeGreaterThan(BLOBS / 2);
});
