/** Prints the one script that every isolate runs first, made of src/guest. The package's build keeps it in dist; unbuilt sources call this at first use. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL('./src/guest/bootstrap.ts', import.meta.url))],
  bundle: true,
  write: false,
  format: 'iife',
  globalName: 'guest',
  platform: 'neutral',
  mainFields: ['browser', 'module', 'main'],
  conditions: ['source'],
  target: 'es2024',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
});
const [bundled] = outputFiles;
if (bundled === undefined) throw new Error('esbuild gave no output for the guest script');
// The script's value is `install`; `guest` stays inside, so that a task finds no trace of it.
process.stdout.write(`(() => {${bundled.text}return guest.install;})()`);
