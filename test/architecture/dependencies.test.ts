import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT, read, workspaces } from './repository.ts';

const decisions = readdirSync(join(ROOT, 'docs/adr'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => read(`docs/adr/${name}`))
  .join('\n');

/** Names in backquotes; `@stdlib/math-base-special-*` stands for all that begin like it. */
const named = [...decisions.matchAll(/`(@?[a-z0-9][\w./-]*\*?)`/gi)].map(([, name]) => name ?? '');
const isNamed = (library: string): boolean =>
  named.some((name) => name === library || (name.endsWith('*') && library.startsWith(name.slice(0, -1))));

test('every runtime dependency is named, with its reason, in docs/adr', () => {
  const runtime = [...workspaces()].flatMap(([folder, { dependencies }]) =>
    Object.keys(dependencies ?? {}).map((library) => ({ folder, library })),
  );
  const unexplained = runtime.filter(
    ({ folder, library }) => folder.startsWith('packages/') && !library.startsWith('@manyhands/') && !isNamed(library),
  );
  expect(unexplained.map(({ folder, library }) => `${library} (${folder})`)).toEqual([]);
});

test('no package is installed with scripts of its own but the ones that the root allows', () => {
  const { allowScripts } = JSON.parse(read('package.json')) as { allowScripts: Record<string, boolean> };
  expect(
    Object.entries(allowScripts)
      .filter(([, allowed]) => allowed)
      .map(([name]) => name),
  ).toEqual(['node']);
});
