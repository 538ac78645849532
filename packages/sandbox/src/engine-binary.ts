/** Finds isolated-vm's prebuilt binary for this Node, and refuses versions with a known escape. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** GHSA-864f-rcv7-6rh4: memory corruption of the host by a task, fixed here. */
const OLDEST_SAFE = [7, 0, 1] as const;

/** Throws an Error with a message for people. */
export function findEngineBinary(packageFile = createRequire(import.meta.url).resolve('isolated-vm/package.json')): string {
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
  if (!isSafe(version)) {
    throw new Error(`isolated-vm ${version} has a known escape (GHSA-864f-rcv7-6rh4); install ${OLDEST_SAFE.join('.')} or later`);
  }
  const folder = join(dirname(packageFile), 'prebuilds', `${process.platform}-${process.arch}`);
  const candidates = [join(folder, binaryName()), join(dirname(packageFile), 'build', 'Release', 'isolated_vm.node')];
  const found = candidates.find((path) => existsSync(path));
  if (found === undefined) {
    throw new Error(
      `isolated-vm ${version} brings no binary for Node ${process.versions.node} on ${process.platform} ${process.arch} (looked for ${candidates[0]}); use Node 24 or 26`,
    );
  }
  return found;
}

/** Exported for its test. */
export function isSafe(version: string): boolean {
  const numbers = version.split(/[.-]/, 3).map(Number);
  for (const [i, least] of OLDEST_SAFE.entries()) {
    const number = numbers[i] ?? Number.NaN;
    if (number !== least) return number > least;
  }
  return !version.includes('-');
}

function binaryName(): string {
  const libc = process.platform === 'linux' ? `.${libcName()}` : '';
  return `isolated-vm.abi${process.versions.modules}${libc}.node`;
}

function libcName(): 'glibc' | 'musl' {
  // The report would otherwise look up every network interface's name.
  (process.report as { excludeNetwork?: boolean }).excludeNetwork = true;
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
}
