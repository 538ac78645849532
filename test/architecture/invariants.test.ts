/** The list of invariants says by what each is held: that it is. That the rules it names have tests is asked in guarantees.test.ts and spec-coverage.test.ts. */
import { expect, test } from 'vitest';
import { EXPLAINED_RULES } from '../../packages/coordinator/src/fsck/explanations.ts';
import { read, trackedFiles } from './repository.ts';

const ROWS = [...read('docs/invariants.md').matchAll(/^\| (I\d+) +\|.*\| ([^|]+?) *\|$/gm)].map(([, name = '', heldBy = '']) => ({
  name,
  heldBy: heldBy.split(/[ ·]+/),
}));
const heldBy = (what: string): string[] => ROWS.filter((row) => row.heldBy.includes(what)).map(({ name }) => name);

/** What is looked for under the name of another: what would be wrong is wrong in its books or words. */
const KNOWN_AS: Readonly<Record<string, string>> = { I6: 'I1', I16: 'I15', I18: 'I9', I33: 'I30', I39: 'I1' };

test('each of the 44 invariants is listed once, and held by something', () => {
  expect(ROWS.map(({ name }) => name)).toEqual(Array.from({ length: 44 }, (_, i) => `I${i + 1}`));
  for (const { name, heldBy } of ROWS) expect(heldBy.length, name).toBeGreaterThan(0);
});

test('those that fsck looks for are those that it can explain', () => {
  const named = new Set(heldBy('fsck').map((name) => KNOWN_AS[name] ?? name));
  expect([...named].sort()).toEqual([...EXPLAINED_RULES].sort());
});

test('those that are held against simulated worlds are asked for by a function', () => {
  const sources = trackedFiles().filter(
    (path) =>
      /^test\/simulation\/.*\.ts$/.test(path) || /^packages\/coordinator\/src\/domain\/(.*invariants|verdict-recount)\.ts$/.test(path),
  );
  const asked = new Set(sources.flatMap((path) => [...read(path).matchAll(/'(I\d+)'/g)].map(([, name = '']) => name)));
  expect(heldBy('sim').filter((name) => !asked.has(KNOWN_AS[name] ?? name))).toEqual([]);
});
