import { dirname, join, normalize } from 'node:path/posix';
import { expect, test } from 'vitest';
import { EXAMPLES_IMPORT, FOLDERS, type FolderRule, PACKAGES, READS_ENVIRONMENT } from './house-rules.ts';
import { isForTests, type PackageManifest, sourceFiles, typeScriptFiles, workspaces } from './repository.ts';
import { factsOf, type Import, type SourceFacts } from './source-facts.ts';

const SCOPE = '@manyhands/';
const sources = sourceFiles().map(factsOf);
const manifests = workspaces();

const isRelative = ({ specifier }: Import): boolean => specifier.startsWith('.');
const isOurs = ({ specifier }: Import): boolean => specifier.startsWith(SCOPE);
const isNode = ({ specifier }: Import): boolean => specifier.startsWith('node:');
const isLibrary = (one: Import): boolean => !isRelative(one) && !isOurs(one) && !isNode(one);

const packageOf = (path: string): string => path.split('/')[1] ?? '';
const workspaceOf = (path: string): string => path.split('/').slice(0, 2).join('/');
/** `store` of `packages/coordinator/src/store/sqlite/reads.ts`; '' for a file beside the folders. */
const folderOf = (path: string): string => path.split('/').slice(3, -1)[0] ?? '';
/** The package's name, without what is deep in it: `@scope/name` or `name`. */
const libraryOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
const targetOf = (path: string, { specifier }: Import): string => normalize(join(dirname(path), specifier));

/** One line for every import that `isWrong` objects to. */
const wrongImports = (files: readonly SourceFacts[], isWrong: (one: Import, path: string) => boolean): string[] =>
  files.flatMap(({ path, imports }) => imports.filter((one) => isWrong(one, path)).map(({ specifier }) => `${path} imports ${specifier}`));

test('there is something to check: every package has sources, and its imports are seen', () => {
  expect(Object.keys(PACKAGES).sort()).toEqual(
    [...manifests.keys()]
      .filter((path) => path.startsWith('packages/'))
      .map(packageOf)
      .sort(),
  );
  for (const name of Object.keys(PACKAGES))
    expect(sources.filter(({ path }) => path.startsWith(`packages/${name}/`)).length, name).toBeGreaterThan(0);
  expect(sources.flatMap(({ imports }) => imports).length).toBeGreaterThan(sources.length);
});

test('arrows between packages point down only', () => {
  const wrong = wrongImports(sources, (one, path) => {
    if (!isOurs(one)) return false;
    const allowed = path.startsWith('examples/') ? EXAMPLES_IMPORT : (PACKAGES[packageOf(path)]?.packages ?? []);
    return !allowed.includes(libraryOf(one.specifier).slice(SCOPE.length));
  });
  expect(wrong).toEqual([]);
});

test('a package uses of Node what it may', () => {
  const wrong = wrongImports(sources, (one, path) => {
    if (!isNode(one) || path.startsWith('examples/')) return false;
    const allowed = PACKAGES[packageOf(path)]?.node ?? false;
    return Array.isArray(allowed) ? !allowed.includes(one.specifier) : allowed === false;
  });
  expect(wrong).toEqual([]);
});

test('Node’s own modules are named with node:', async () => {
  const { builtinModules } = await import('node:module');
  const bare = new Set(builtinModules.filter((name) => !name.startsWith('node:')));
  expect(wrongImports(typeScriptFiles().map(factsOf), (one) => bare.has(one.specifier))).toEqual([]);
});

/** Types come from the package itself or from its `@types/…`. */
const declares = ({ dependencies, optionalDependencies, peerDependencies }: PackageManifest, library: string): boolean =>
  library in { ...dependencies, ...optionalDependencies, ...peerDependencies };
const declaresForDevelopment = ({ devDependencies }: PackageManifest, library: string): boolean => library in { ...devDependencies };

test('what a package imports, its package.json declares', () => {
  const wrong = wrongImports(sources, (one, path) => {
    if (isRelative(one) || isNode(one)) return false;
    const manifest = manifests.get(workspaceOf(path));
    const library = libraryOf(one.specifier);
    return manifest === undefined || !(declares(manifest, library) || declaresForDevelopment(manifest, library));
  });
  expect(wrong).toEqual([]);
});

test('inside a package, imports are relative and end in .ts, and never leave the package', () => {
  const wrong = wrongImports(sources, (one, path) => {
    if (isOurs(one)) return libraryOf(one.specifier) === `${SCOPE}${packageOf(path)}`;
    return isRelative(one) && !(one.specifier.endsWith('.ts') && targetOf(path, one).startsWith(`${workspaceOf(path)}/src/`));
  });
  expect(wrong).toEqual([]);
});

test('nobody inside a package imports its door, index.ts', () => {
  const isDoor = (one: Import, path: string): boolean => isRelative(one) && targetOf(path, one) === `${workspaceOf(path)}/src/index.ts`;
  expect(wrongImports(sources, isDoor)).toEqual([]);
});

test('no source imports the testkit, a test, a contract, or what is there for tests', () => {
  const wrong = wrongImports(sources, (one, path) => {
    if (packageOf(path) === 'testkit') return false;
    return one.specifier.startsWith(`${SCOPE}testkit`) || (isRelative(one) && isForTests(targetOf(path, one)));
  });
  expect(wrong).toEqual([]);
});

const rooms = Object.entries(FOLDERS).flatMap(([name, folders]) =>
  Object.entries(folders).map(([folder, rule]) => ({ name, folder, rule })),
);
const filesIn = (name: string, folder: string): SourceFacts[] =>
  sources.filter(({ path }) => path.startsWith(`packages/${name}/src/${folder}/`));

test.each(Object.keys(FOLDERS))('every folder of %s has its rule', (name) => {
  const folders = new Set(sources.filter(({ path }) => path.startsWith(`packages/${name}/src/`)).map(({ path }) => folderOf(path)));
  expect([...folders].filter((folder) => folder !== '' && folder !== 'app' && FOLDERS[name]?.[folder] === undefined)).toEqual([]);
});

test.each(rooms)('$name/$folder imports only what stands below it', ({ name, folder, rule }) => {
  const wrong = wrongImports(filesIn(name, folder), (one, path) => {
    if (isRelative(one)) return ![folder, ...rule.folders].includes(folderOf(targetOf(path, one)));
    return !rule.libraries && !isOpenTo(rule, one);
  });
  expect(wrong).toEqual([]);
});

const isOpenTo = ({ typesFrom = [] }: FolderRule, { specifier, typeOnly }: Import): boolean =>
  specifier === `${SCOPE}protocol` || (typeOnly && typesFrom.some((beginning) => specifier.startsWith(beginning)));

test.each(rooms.filter(({ folder }) => folder === 'domain'))('$name/domain is flat', ({ name }) => {
  expect(filesIn(name, 'domain').filter(({ path }) => path.split('/').length !== 5)).toEqual([]);
});

test.each(rooms)('$name/$folder uses nothing that it must be given', ({ name, folder, rule }) => {
  expect(forbiddenUses(filesIn(name, folder), rule)).toEqual([]);
});

const forbiddenUses = (files: readonly SourceFacts[], { forbidden }: FolderRule): string[] =>
  files.flatMap(({ path, uses }) => forbidden.filter((use) => uses.has(use)).map((use) => `${path} uses ${use}`));

test.each(rooms.filter(({ rule }) => rule.typesOnly))('$name/$folder is types alone', ({ name, folder }) => {
  const files = filesIn(name, folder);
  expect(wrongImports(files, (one) => !one.typeOnly)).toEqual([]);
  expect(files.filter(({ runs }) => runs).map(({ path }) => `${path} has code that runs`)).toEqual([]);
});

test('protocol and identity know no clock, no environment and no waiting', () => {
  const pure = sources.filter(({ path }) => /^packages\/(protocol|identity)\//.test(path));
  const forbidden = ['Date', 'Math.random', 'setTimeout', 'setInterval', 'process', 'process.env', 'async', 'fetch', 'console'];
  expect(forbiddenUses(pure, { folders: [], libraries: true, forbidden })).toEqual([]);
});

test('only composition roots read the environment', () => {
  const readers = sources.filter(({ path, uses }) => path.startsWith('packages/') && uses.has('process.env')).map(({ path }) => path);
  expect(readers.filter((path) => !READS_ENVIRONMENT.some((allowed) => allowed.test(path)))).toEqual([]);
});

const edges = sources.flatMap(({ path, imports }) =>
  imports.filter(isRelative).map((one) => ({ from: path, to: targetOf(path, one), typeOnly: one.typeOnly })),
);

test('no file needs itself to be loaded', () => {
  expect(cycleIn(edges.filter(({ typeOnly }) => !typeOnly).map(({ from, to }) => [from, to]))).toEqual([]);
});

test('no two folders know each other, not even by type', () => {
  const inside = edges.filter(({ from }) => FOLDERS[packageOf(from)] !== undefined);
  const between = inside.map(({ from, to }) => [`${packageOf(from)}/${folderOf(from)}`, `${packageOf(to)}/${folderOf(to)}`] as const);
  expect(cycleIn(between.filter(([from, to]) => from !== to))).toEqual([]);
});

/** The first cycle met, as the list of its members; empty: there is none. */
function cycleIn(edges: readonly (readonly [string, string])[]): string[] {
  const next = Map.groupBy(edges, ([from]) => from);
  const done = new Set<string>();
  const visit = (at: string, trail: readonly string[]): string[] => {
    if (trail.includes(at)) return [...trail.slice(trail.indexOf(at)), at];
    if (done.has(at)) return [];
    for (const [, to] of next.get(at) ?? []) {
      const cycle = visit(to, [...trail, at]);
      if (cycle.length > 0) return cycle;
    }
    done.add(at);
    return [];
  };
  for (const from of next.keys()) {
    const cycle = visit(from, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

test('the search for cycles finds one', () => {
  expect(
    cycleIn([
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'b'],
      ['c', 'd'],
    ]),
  ).toEqual(['b', 'c', 'b']);
  expect(
    cycleIn([
      ['a', 'b'],
      ['a', 'c'],
      ['b', 'c'],
    ]),
  ).toEqual([]);
});

test('libraries are seen as what they are', () => {
  expect(isLibrary({ specifier: 'zod', typeOnly: false })).toBe(true);
  expect(libraryOf('@fastify/sse/x')).toBe('@fastify/sse');
  expect(libraryOf('zod/v4')).toBe('zod');
});
