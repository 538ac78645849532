/** What this machine tells about itself. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };

export const SOFTWARE = `manyhands-worker/${version}`;

/** Tasks with native Math are compared within one class only: same engine, same CPU family, same last bits. */
export const engineClass = (): string => `v8-${process.versions.v8.split('.').slice(0, 2).join('.')}-${process.platform}-${process.arch}`;

export const coreCount = (): number => availableParallelism();
