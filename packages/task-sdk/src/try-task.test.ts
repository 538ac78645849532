import { createDirectSandbox } from '@manyhands/sandbox';
import { expect, test } from 'vitest';
import collatz from '../test/tasks/collatz.task.ts';
import moody from '../test/tasks/moody.task.ts';
import roots from '../test/tasks/roots.task.ts';
import { tryTask } from './testing.ts';

const world = globalThis as { rolls?: number };

test('[SK25] a task is computed in the real sandbox, and the answers of two processes agree', async () => {
  const trial = await tryTask(collatz, { from: 1, to: 100 });
  expect(trial).toMatchObject({
    output: { n: 97, steps: 118 },
    text: '{"n":97,"steps":118}',
    deterministic: true,
    otherText: null,
    agrees: true,
    advice: null,
    proven: null,
  });
  expect(trial.layers).toContain('isolate');
});

test('[SK25] a task that keeps a mood between runs is found out', async () => {
  await using sandbox = createDirectSandbox();
  const trial = await tryTask(moody, 3, { sandbox });
  expect(trial).toMatchObject({ text: '4', deterministic: false, otherText: '5', agrees: false });
  expect(trial.advice).toMatch(/another answer.*outlives a run.*within\(.*`agree: \(a, b\)/);
});

test('[SK25] a task is held to its own agreement, in the real sandbox: answers may differ as far as that goes', async () => {
  const near = await tryTask(new URL('../test/tasks/dice.task.ts', import.meta.url), 3);
  expect(near).toMatchObject({ text: '3', deterministic: true, agrees: true, advice: null });
});

test('[SK25] answers that differ and agree need no advice, those that differ too much do', async () => {
  await using sandbox = createDirectSandbox();
  const dice = (sides: number) => tryTask(new URL('../test/tasks/dice.task.ts', import.meta.url), sides, { sandbox });
  world.rolls = 0;
  expect(await dice(3)).toMatchObject({ deterministic: false, agrees: true, advice: null });
  expect(await dice(30)).toMatchObject({ deterministic: false, agrees: false, advice: expect.stringContaining('more tolerant') });
  expect(await dice(0)).toMatchObject({
    deterministic: true,
    agrees: false,
    advice: expect.stringContaining('does not agree with itself'),
  });
});

test('[SK25] a proof is tried too, and what the task says of itself is kept', async () => {
  await using sandbox = createDirectSandbox();
  const trial = await tryTask(roots, 49, { sandbox });
  expect(trial).toMatchObject({
    output: 7,
    proven: true,
    agrees: null,
    advice: null,
    log: ['looking for the root of 49'],
    checkpoints: [{ at: 7 }],
  });
});

test('[SK25] an input that does not fit, and a run that throws, are told apart', async () => {
  await using sandbox = createDirectSandbox();
  await expect(tryTask(roots, 'x' as never, { sandbox })).rejects.toMatchObject({ code: 'input' });
  const thrown = { code: 'task', message: expect.stringMatching(/fatal: .*50 is no square.*Its input: 50/) };
  await expect(tryTask(roots, 50, { sandbox })).rejects.toMatchObject(thrown);
});
