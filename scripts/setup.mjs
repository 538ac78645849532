// Brings a bare clone to a state in which everything runs: dependencies, the right Node, built packages.
// Plain JavaScript on purpose: it is started by whatever Node the machine has (18 or newer).
// Does nothing when neither the lockfile nor the sources to build have changed since the last run.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const say = (text) => process.stderr.write(`setup: ${text}\n`);

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (status === 0) return;
  say(
    `"${command} ${args.join(' ')}" failed (${error?.message ?? `exit ${status}`}). Its output is above; fix that, then run the same command again.`,
  );
  process.exit(1);
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name === 'dist' || entry.name.startsWith('.')) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

function digestOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths.sort()) hash.update(path.slice(root.length)).update('\0').update(readFileSync(path)).update('\0');
  return hash.digest('hex');
}

/** Runs `work` unless the stamp says that it was already done for exactly these files. */
function once(name, paths, work) {
  const stamp = join(root, 'node_modules', `.manyhands-${name}`);
  const digest = digestOf(paths);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  work();
  writeFileSync(stamp, digest);
}

const manifests = filesBelow(join(root, 'packages'))
  .concat(filesBelow(join(root, 'examples')))
  .filter((path) => path.endsWith('package.json'));
once('install', [join(root, 'package-lock.json'), join(root, 'package.json'), ...manifests], () => {
  say('installing dependencies (about a minute the first time)');
  // Install scripts stay off (a supply-chain rule, docs/adr/0002); only `node` needs its own, to bring the Node 24 binary.
  // Not `npm ci`: it refuses a lockfile that lacks optional packages of other platforms, which not every registry mirror has.
  run('npm', ['install', '--ignore-scripts', '--no-save', '--loglevel=error']);
  run('npm', ['rebuild', 'node']);
});
once('build', filesBelow(join(root, 'packages')), () => {
  say('building packages');
  run('npx', ['turbo', 'run', 'build', '--output-logs=errors-only', '--no-color']);
});
