/** What a volunteer or an operator installs that is not ours, counted in the lockfile. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Locked {
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly optional?: boolean;
  readonly link?: boolean;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const isOurs = (name: string): boolean => name.startsWith('@manyhands/');
/** One function a package: counted apart, or they would hide the rest. */
const isStdlib = (name: string): boolean => name.includes('@stdlib/');

export function countDependencies(root: string) {
  const direct = directDependencies(root);
  const lock = readJson(join(root, 'package-lock.json')) as { packages: Readonly<Record<string, Locked>> };
  const locked = Object.entries(lock.packages).filter(([path, { link }]) => path.includes('node_modules/') && link !== true);
  const runtime = locked.filter(([, { dev, devOptional, optional }]) => !(dev || devOptional || optional)).map(([path]) => path);
  return {
    direct: direct.filter((name) => !isStdlib(name)).length,
    directStdlib: direct.filter(isStdlib).length,
    runtime: runtime.filter((path) => !isStdlib(path)).length,
    runtimeStdlib: runtime.filter(isStdlib).length,
    locked: locked.length,
    withoutIntegrity: locked.filter(([, { integrity }]) => integrity === undefined).length,
    withInstallScript: locked.filter(([, { hasInstallScript }]) => hasInstallScript === true).length,
  };
}

/** Of all packages of ours together. */
function directDependencies(root: string): string[] {
  const manifests = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name, 'package.json'));
  const names = manifests.flatMap((path) => Object.keys((readJson(path) as { dependencies?: object }).dependencies ?? {}));
  return [...new Set(names)].filter((name) => !isOurs(name));
}
