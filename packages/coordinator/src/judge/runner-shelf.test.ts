import type { Runner } from '@manyhands/sandbox';
import { taskId } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { RunnerShelf } from './runner-shelf.ts';

function openShelf(limit: number) {
  const log: string[] = [];
  const names = new Map([1, 2, 3].map((n) => [taskId(n), n]));
  let failing = false;
  const shelf = new RunnerShelf(async (task) => {
    if (failing) throw new Error('no memory');
    log.push(`open ${names.get(task)}`);
    return { [Symbol.asyncDispose]: async () => void log.push(`close ${names.get(task)}`) } as unknown as Runner;
  }, limit);
  return {
    shelf,
    log,
    fail: (yes: boolean) => {
      failing = yes;
    },
  };
}
const nothing = async () => {};

test('[JU4] a runner is opened once and the longest unused is put away', async () => {
  const { shelf, log } = openShelf(2);
  for (const n of [1, 1, 2, 1, 3, 1, 2]) await shelf.use(taskId(n), nothing);
  expect(log).toEqual(['open 1', 'open 2', 'open 3', 'close 2', 'open 2', 'close 3']);
});

test('[JU4] one that is in use is not put away', async () => {
  const { shelf, log } = openShelf(1);
  const working = Promise.withResolvers<void>();
  const first = shelf.use(taskId(1), () => working.promise);
  await shelf.use(taskId(2), nothing);
  expect(log).toEqual(['open 1', 'open 2', 'close 2']);
  working.resolve();
  await first;
  await shelf.use(taskId(1), nothing);
  expect(log).toEqual(['open 1', 'open 2', 'close 2']);
});

test('[JU2] one that does not open is tried anew', async () => {
  const { shelf, log, fail } = openShelf(1);
  fail(true);
  await expect(shelf.use(taskId(1), nothing)).rejects.toThrow('no memory');
  fail(false);
  await shelf.use(taskId(1), nothing);
  expect(log).toEqual(['open 1']);
});

test('[JU5] all are put away at the end', async () => {
  const { shelf, log } = openShelf(3);
  for (const n of [1, 2]) await shelf.use(taskId(n), nothing);
  await shelf[Symbol.asyncDispose]();
  expect(log.slice(2)).toEqual(['close 1', 'close 2']);
});
