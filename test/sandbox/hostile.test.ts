/** Every hostile program ends as it should, and the runner then computes the next honest execution as if nothing had happened. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openIsolateSandbox, type Runner, type Sandbox } from '../../packages/sandbox/src/index.ts';
import { bundleOf, executionOf, resultOf, taskOf } from '../../packages/sandbox/src/testing/tasks.ts';
import { guardedLayers } from './fixtures/guarded-layers.ts';
import { HOSTILE_PROGRAMS, type HostileProgram } from './fixtures/hostile-programs.ts';

const members = HOSTILE_PROGRAMS.map(({ name, body }) => `${JSON.stringify(name)}: (ctx) => {${body}}`);
const BUNDLE = `var programs = { honest: () => Math.sqrt(2), ${members.join(',\n')} };\n${bundleOf('run: (name, ctx) => programs[name](ctx)')}`;

let sandbox: Sandbox;
let runner: Runner;
beforeAll(async () => {
  sandbox = await openIsolateSandbox({ threads: 1, confinement: await guardedLayers() });
  runner = await sandbox.openRunner(taskOf(BUNDLE, { limits: { memoryMB: 64, timeoutMs: 700 } }));
});
afterAll(async () => {
  await runner[Symbol.asyncDispose]();
  await sandbox[Symbol.asyncDispose]();
});

test.each(HOSTILE_PROGRAMS.map((program) => [program.name, program] as const))('[SB9] %s', async (name, { ends }: HostileProgram) => {
  const said = { lines: 0, checkpoints: 0 };
  const events = { onLog: () => void said.lines++, onCheckpoint: () => void said.checkpoints++ };
  const outcome = await runner.run(executionOf(name), events);
  if ('output' in ends) expect(outcome).toMatchObject({ status: 'ok', output: ends.output });
  else {
    expect(outcome).toMatchObject({ status: 'error', kind: expect.toBeOneOf([...ends.kinds]) });
    expect(outcome).toMatchObject({ message: expect.stringMatching(ends.message ?? /./) });
    expect((outcome as { message: string }).message.length).toBeLessThanOrEqual(2_000);
  }
  expect(said.lines).toBeLessThanOrEqual(1_001);
  expect(said.checkpoints).toBeLessThan(30);
  expect(resultOf(await runner.run(executionOf('honest')))).toBe(Math.SQRT2);
});
