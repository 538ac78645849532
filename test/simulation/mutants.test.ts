import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { MUTANTS } from './mutants.ts';
import { mutated } from './mutated-modules.ts';

const run = promisify(execFile);
const sourceOf = (file: string): string => readFileSync(new URL(`../../packages/coordinator/src/${file}`, import.meta.url), 'utf8');

test.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))('[SI6] the mutant "%s" fits its file', (_, mutant) => {
  expect(mutated(sourceOf(mutant.file), mutant)).not.toBe(sourceOf(mutant.file));
});

test('[SI6] a mutant that fits nowhere, or twice, is refused', () => {
  const mutant = { name: 'none', file: 'x.ts', find: 'b', replace: 'c' };
  expect(() => mutated('a', mutant)).toThrow('0 times');
  expect(() => mutated('b b', mutant)).toThrow('2 times');
});

test('[SI6] there are at least twenty, and one of them planted is found', { timeout: 60_000 }, async () => {
  expect(MUTANTS.length).toBeGreaterThanOrEqual(20);
  const program = new URL('./hunt-one.ts', import.meta.url).pathname;
  const { stdout } = await run(process.execPath, ['--conditions=source', program, 'a quorum of one too few']);
  expect(stdout).toMatch(/^\s*\d+ {2}I15/);
});
