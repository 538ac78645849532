/**
 * From the file an author wrote to the one script that volunteers run (docs/adr/0008-task-bundles.md).
 * The text depends on the sources alone, not on where they lie, so that one task has one digest.
 */
import { existsSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, dirname, extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LIMITS } from '@manyhands/protocol';
import { type BuildFailure, type BuildResult, build, type Message, type Plugin } from 'esbuild';
import { SdkError } from '../sdk-error.ts';
import { importChain } from './import-chain.ts';

/** Stands for '@manyhands/task-sdk' inside a bundle: what a task needs at run time, and nothing of the rest. */
const BARE_SDK = fileURLToPath(new URL(`../define-task${extname(import.meta.url)}`, import.meta.url));

type Arithmetic = 'deterministic' | 'native';

/** The script; running it leaves the task's module in the global `manyhandsTask`. Throws SdkError `task`. */
export async function bundleTask(file: string, math: Arithmetic): Promise<string> {
  if (!existsSync(file) || !statSync(file).isFile()) {
    throw new SdkError('task', `There is no file ${file}, so there is no task to bundle. Check the path.`);
  }
  const { outputFiles, metafile } = await buildScript(file, math);
  const outside = Object.values(metafile.outputs).flatMap((output) => output.imports.filter((item) => item.external));
  if (outside[0]) throw foreignImport(file, outside[0].path, importChain(metafile, basename(file), outside[0].path));
  const text = outputFiles[0]?.text ?? '';
  assertSize(file, Buffer.byteLength(text));
  return text;
}

type ScriptBuild = BuildResult<{ write: false; metafile: true }>;

async function buildScript(file: string, math: Arithmetic): Promise<ScriptBuild> {
  try {
    return await build({
      entryPoints: [basename(file)],
      absWorkingDir: dirname(file),
      bundle: true,
      write: false,
      metafile: true,
      format: 'iife',
      globalName: 'manyhandsTask',
      platform: 'browser',
      target: ['es2024'],
      // `a ** b` becomes Math.pow(a, b), which the isolate replaces by a port that agrees bit for bit everywhere.
      supported: math === 'deterministic' ? { 'exponent-operator': false } : {},
      alias: { '@manyhands/task-sdk': BARE_SDK },
      loader: { '.wasm': 'binary', '.bin': 'binary', '.txt': 'text' },
      // Comments name files relative to the working folder; without them the text is the same in every checkout.
      minifyWhitespace: true,
      charset: 'utf8',
      logLevel: 'silent',
      plugins: [builtinsOutside],
    });
  } catch (error) {
    throw buildFailed(file, error as BuildFailure);
  }
}

/** Node's own modules stay imports of the bundle, where they are found afterwards if any code still needs them. */
const builtinsOutside: Plugin = {
  name: 'builtins-outside',
  setup(building) {
    const names = builtinModules.map((name) => name.replaceAll('/', '\\/')).join('|');
    building.onResolve({ filter: new RegExp(`^(node:.*|${names})$`) }, async ({ path, pluginData, ...from }) => {
      if (path.startsWith('node:')) return { path, external: true };
      if (pluginData === builtinsOutside) return null;
      // A package of that name (`events`, `buffer`) may be installed.
      const installed = await building.resolve(path, { ...from, pluginData: builtinsOutside });
      return installed.errors.length === 0 ? installed : { path, external: true };
    });
  },
};

function buildFailed(file: string, failure: BuildFailure): SdkError {
  if (!Array.isArray(failure.errors)) throw failure;
  const shown = failure.errors.slice(0, 3).map(describe).join('\n');
  const more = failure.errors.length > 3 ? `\n  … and ${failure.errors.length - 3} more` : '';
  const misused = failure.errors.some(({ text }) => text.includes('No matching export in') && text.includes('define-task'));
  const advice = misused
    ? `From '@manyhands/task-sdk' a task file may import only what runs with the volunteer (defineTask, confidence, quorum, proof, within, FatalTaskError); use the rest in the script that submits the job.`
    : 'Correct what is named above, then try again.';
  return new SdkError('task', `The task ${file} does not bundle:\n${shown}${more}\n${advice}`, { cause: failure });
}

function describe({ text, location }: Message): string {
  return location === null ? `  ${text}` : `  ${location.file}:${location.line}:${location.column + 1}: ${text}`;
}

function foreignImport(file: string, path: string, chain: string[]): SdkError {
  return new SdkError(
    'task',
    `The task ${file} imports ${path}, which no volunteer has: a task sees no files, no network and no processes.\n` +
      `  ${chain.join(' → ')}\n` +
      `Move that import to the script that submits the job, and hand what it reads to the task as input.`,
  );
}

function assertSize(file: string, bytes: number): void {
  if (bytes <= LIMITS.bundleBytes) return;
  throw new SdkError(
    'task',
    `The task ${file} bundles to ${bytes} bytes, and at most ${LIMITS.bundleBytes} are allowed. Import less, or hand large data to the task as input.`,
  );
}
