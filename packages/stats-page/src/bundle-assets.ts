/** Makes what browsers load out of `src/browser`: run by the build, and by unbuilt sources at first use. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, buildSync } from 'esbuild';

export type AssetName = 'page.css' | 'live.js' | 'mark.svg';

const source = (name: string): string => fileURLToPath(new URL(`./browser/${name}`, import.meta.url));

function bundle(entry: string, options: BuildOptions): string {
  const { outputFiles } = buildSync({
    ...options,
    entryPoints: [source(entry)],
    bundle: true,
    minify: true,
    write: false,
    logLevel: 'silent',
    legalComments: 'none',
  });
  const file = outputFiles?.[0];
  if (file === undefined) throw new Error(`esbuild made nothing of ${entry}`);
  return file.text;
}

export function bundleAssets(): Record<AssetName, string> {
  return {
    'page.css': bundle('page.css', { target: ['chrome111', 'firefox113', 'safari16.4'] }),
    'live.js': bundle('live.ts', { format: 'esm', target: 'es2022', conditions: ['source'] }),
    'mark.svg': readFileSync(source('mark.svg'), 'utf8'),
  };
}
