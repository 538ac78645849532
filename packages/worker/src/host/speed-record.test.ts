import { readFile, stat, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTemporaryFolder } from '../../test/temporary-folder.ts';
import { openDataFolder } from './data-folder.ts';
import { measureGflops } from './gflops.ts';
import { openSpeedRecord } from './speed-record.ts';

const DAY_MS = 24 * 3_600_000;
let folder: Awaited<ReturnType<typeof openTemporaryFolder>>;
beforeEach(async () => {
  folder = await openTemporaryFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

/** Opens the record at a time, under an engine, on a machine that is faster at each measurement. */
async function bench() {
  const data = await openDataFolder(folder.path);
  let measurements = 0;
  const openAt = async (at: number, engine = 'v8-1') => {
    const { gflops } = await openSpeedRecord(data, { engine, now: () => at, measure: async () => ++measurements });
    return gflops;
  };
  return { data, openAt };
}

test('[CD16] the speed is measured once, remembered for a month, and measured again when the engine has changed', async () => {
  const { data, openAt } = await bench();
  expect(await openAt(0)).toBe(1);
  expect(await openAt(30 * DAY_MS - 1)).toBe(1);
  expect(await openAt(30 * DAY_MS)).toBe(2);
  expect(await openAt(31 * DAY_MS)).toBe(2);
  expect(await openAt(31 * DAY_MS, 'v8-2')).toBe(3);
  expect(JSON.parse(await readFile(data.speed, 'utf8'))).toEqual({ format: 1, gflops: 3, engine: 'v8-2', measuredAt: 31 * DAY_MS });
  expect((await stat(data.speed)).mode & 0o777).toBe(0o600);
});

test('[CD16] a date in the future is not believed', async () => {
  const { openAt } = await bench();
  expect(await openAt(50 * DAY_MS)).toBe(1);
  expect(await openAt(0)).toBe(2);
});

test.each(['', '{"format":1,"gfl', '{"format":2}', '{"format":1,"gflops":-1,"engine":"v8-1","measuredAt":0}'])(
  '[CD16] what cannot be read, %j, is measured anew',
  async (text) => {
    const { data, openAt } = await bench();
    await writeFile(data.speed, text);
    expect(await openAt(0)).toBe(1);
  },
);

test('[CD16] the best slice counts: operations by time', async () => {
  // Four milliseconds a product, but one while the seventh to ninth slices last.
  let [at, calls] = [0, 0];
  const now = () => {
    calls += 1;
    at += at > 140 && at < 200 ? 1 : 4;
    return at;
  };
  expect(await measureGflops(now)).toBeCloseTo((2 * 48 ** 3) / 1e6, 2);
  expect(calls).toBeLessThan(200);
});

test('[CD16] this machine has a speed', async () => {
  const gflops = await measureGflops();
  expect(gflops).toBeGreaterThan(0);
  expect(Number.isFinite(gflops)).toBe(true);
});
