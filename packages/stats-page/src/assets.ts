/**
 * Style sheet, script and picture under names that contain their digest, so that they may be cached for ever.
 * A build has put them beside this file (`npm run build`); unbuilt, they are bundled once when this module is loaded.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { AssetName } from './bundle-assets.ts';

export interface Asset {
  readonly body: string;
  readonly contentType: string;
}

const CONTENT_TYPES: Record<AssetName, string> = {
  'page.css': 'text/css; charset=utf-8',
  'live.js': 'text/javascript; charset=utf-8',
  'mark.svg': 'image/svg+xml',
};
const names = Object.keys(CONTENT_TYPES) as AssetName[];

const builtUrl = (name: AssetName): URL => new URL(`./assets/${name}`, import.meta.url);
const isBuilt = names.every((name) => existsSync(builtUrl(name)));
const bodies: Record<AssetName, string> = isBuilt
  ? (Object.fromEntries(names.map((name) => [name, readFileSync(builtUrl(name), 'utf8')])) as Record<AssetName, string>)
  : (await import('./bundle-assets.ts')).bundleAssets();

function hashedPath(name: AssetName): string {
  const digest = createHash('sha256').update(bodies[name]).digest('base64url').slice(0, 16);
  return `/assets/${name.replace('.', `-${digest}.`)}`;
}
const paths = Object.fromEntries(names.map((name) => [name, hashedPath(name)])) as Record<AssetName, string>;

/** Where a page finds an asset: `/assets/page-….css`. */
export const assetPath = (name: AssetName): string => paths[name];

/** By path; serve each with `Cache-Control: public, max-age=31536000, immutable`. */
export const assets: ReadonlyMap<string, Asset> = new Map(
  names.map((name) => [paths[name], { body: bodies[name], contentType: CONTENT_TYPES[name] }]),
);
