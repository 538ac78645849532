// The last step of the build: what browsers load, beside the compiled modules.
import { mkdirSync, writeFileSync } from 'node:fs';
import { bundleAssets } from '../src/bundle-assets.ts';

const folder = new URL('../dist/assets/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [name, body] of Object.entries(bundleAssets())) writeFileSync(new URL(name, folder), body);
