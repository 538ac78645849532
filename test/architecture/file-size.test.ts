import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { sourceFiles, typeScriptFiles } from './repository.ts';
import { factsOf } from './source-facts.ts';

const MOST_LINES = 300;
const MOST_LINES_OF_A_CONTRACT = 500;
const MOST_LINES_OF_A_FUNCTION = 60;

/** What ships, and the programs beside it: all but tests. No file is exempt. */
const sources = () =>
  [
    ...new Set([...sourceFiles(), ...typeScriptFiles().filter((path) => /^(scripts|bench)\//.test(path) && !path.endsWith('.test.ts'))]),
  ].map(factsOf);

test(`no source file is longer than ${MOST_LINES} lines`, () => {
  expect(
    sources()
      .filter(({ lines }) => lines > MOST_LINES)
      .map(({ path, lines }) => `${path}: ${lines} lines`),
  ).toEqual([]);
});

test(`no function is longer than ${MOST_LINES_OF_A_FUNCTION} lines`, () => {
  const long = sources().flatMap(({ path, functions }) =>
    functions.filter(({ lines }) => lines > MOST_LINES_OF_A_FUNCTION).map(({ name, lines }) => `${path}: ${name}: ${lines} lines`),
  );
  expect(long).toEqual([]);
});

test(`no contract is longer than ${MOST_LINES_OF_A_CONTRACT} lines`, () => {
  const contracts = typeScriptFiles()
    .filter((path) => path.endsWith('.contract.ts'))
    .map(factsOf);
  expect(contracts.filter(({ lines }) => lines > MOST_LINES_OF_A_CONTRACT).map(({ path, lines }) => `${path}: ${lines} lines`)).toEqual([]);
});

test('files are named for one noun, not for being useful', () => {
  const vague = typeScriptFiles().filter(
    (path) =>
      /^(utils?|helpers?|common|misc|manager|impl|types)(\.|$)/.test(basename(path)) || /-(utils?|helpers?|manager|impl)\./.test(path),
  );
  expect(vague).toEqual([]);
});
