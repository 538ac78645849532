/** The files of this repository, as the architecture tests see them. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

export const ROOT = join(import.meta.dirname, '..', '..');
const GENERATED = new Set(['node_modules', 'dist', 'coverage', '.git', '.turbo', '.tmp', '.demo']);

/** Paths relative to the root, with forward slashes, sorted. */
function filesBelow(folder: string): string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter(({ name }) => !GENERATED.has(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name).split(sep).join('/');
      return entry.isDirectory() ? filesBelow(path) : [path];
    })
    .sort();
}

export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const isTypeScript = (path: string): boolean => path.endsWith('.ts') || path.endsWith('.tsx');

/** Tests, contracts, and what only they import. */
export const isForTests = (path: string): boolean =>
  /\.(test|contract|bench)\.tsx?$/.test(path) ||
  /^(packages|examples)\/[^/]+\/(test|fixtures)\//.test(path) ||
  /^packages\/[^/]+\/src\/testing\//.test(path) ||
  path.startsWith('test/');

/** All TypeScript of ours. */
export const typeScriptFiles = (): string[] =>
  ['packages', 'examples', 'test', 'bench', 'scripts'].flatMap(filesBelow).filter(isTypeScript);

/** TypeScript that ships. */
export const sourceFiles = (): string[] =>
  typeScriptFiles().filter((path) => /^(packages|examples)\/[^/]+\/src\//.test(path) && !isForTests(path));

/** Everything in version control; in a tree without it (a tarball), everything. */
export function trackedFiles(): string[] {
  if (!existsSync(join(ROOT, '.git'))) return filesBelow('.');
  const listing = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' });
  return listing.split('\0').filter((path) => path !== '' && existsSync(join(ROOT, path)));
}

export interface PackageManifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** Folder (`packages/worker`) → its package.json. */
export function workspaces(): Map<string, PackageManifest> {
  const folders = ['packages', 'examples'].flatMap((parent) => readdirSync(join(ROOT, parent)).map((name) => `${parent}/${name}`));
  const withManifest = folders.filter((folder) => existsSync(join(ROOT, folder, 'package.json')));
  return new Map(withManifest.map((folder) => [folder, JSON.parse(read(`${folder}/package.json`)) as PackageManifest]));
}
