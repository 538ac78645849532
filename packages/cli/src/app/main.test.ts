import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { jsonLines, manyhands, temporaryFolder } from '../../test/manyhands.ts';

const MOODY = fileURLToPath(new URL('../../../task-sdk/test/tasks/moody.task.ts', import.meta.url));

test('[CL3] a wrong flag, a missing argument and an unknown command end with 64 and say how to go on', async () => {
  for (const args of [['watch'], ['watch', 'job_x', '--loud'], ['dance'], ['publish', 'x.ts', '--count', 'many']]) {
    const { code, stdout, stderr } = await manyhands(args);
    expect([code, stdout], args.join(' ')).toEqual([64, '']);
    expect(stderr).toMatch(/^manyhands: .+/);
  }
});

test('[CL1] with --json an error is one JSON value on standard output', async () => {
  const { code, stdout, stderr } = await manyhands(['watch', 'job_x', '--json']);
  expect([code, stderr]).toEqual([78, '']);
  expect(JSON.parse(stdout)).toEqual({ error: { code: 'config', message: expect.stringContaining('MANYHANDS_URL') } });
  expect(JSON.parse((await manyhands(['watch', '--json'])).stdout)).toEqual({ error: { code: 'usage', message: expect.any(String) } });
});

test('[CL3] --help lists commands and exit codes and ends with 0', async () => {
  const { code, stdout } = await manyhands(['--help']);
  expect(code).toBe(0);
  for (const word of ['join', 'publish', 'serve', 'Exit codes:', '69']) expect(stdout).toContain(word);
});

test('[CL14] a new task can be tried as it stands', async () => {
  const folder = join(temporaryFolder(), 'collatz');
  expect((await manyhands(['new', folder])).code).toBe(0);
  expect((await manyhands(['new', folder])).code).toBe(65);
  const file = join(folder, 'collatz.task.ts');
  // Its packages come from this repository, not from a registry.
  const sdk = fileURLToPath(import.meta.resolve('@manyhands/task-sdk'));
  const zod = fileURLToPath(import.meta.resolve('zod'));
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace('@manyhands/task-sdk', sdk.replace('index.ts', 'define-task.ts')).replace("'zod'", `'${zod}'`),
  );
  const { code, stdout, stderr } = await manyhands(['try', file, '--input', '{"from":1,"to":1000}', '--json']);
  expect([code, stderr]).toEqual([0, '']);
  expect(jsonLines(stdout)).toEqual([expect.objectContaining({ output: { n: 871, steps: 178 }, deterministic: true })]);
});

test('[CL14] try refuses what does not fit, and says why', async () => {
  const { code, stderr } = await manyhands(['try', MOODY, '--input', '"three"']);
  expect(code).toBe(65);
  expect(stderr).toContain('does not fit the task');
});
