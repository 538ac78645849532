import { expect, test } from 'vitest';
import { Semaphore } from './semaphore.ts';

test('[JU3] so many pass at a time, the rest in order', async () => {
  const semaphore = new Semaphore(2);
  const passed: number[] = [];
  const permits = [0, 1, 2, 3].map((n) =>
    semaphore.take().then((permit) => {
      passed.push(n);
      return permit;
    }),
  );
  const first = await permits[0];
  await permits[1];
  expect(passed).toEqual([0, 1]);
  first?.[Symbol.dispose]();
  await permits[2];
  expect(passed).toEqual([0, 1, 2]);
  (await permits[1])?.[Symbol.dispose]();
  (await permits[2])?.[Symbol.dispose]();
  await permits[3];
  expect(passed).toEqual([0, 1, 2, 3]);
});
