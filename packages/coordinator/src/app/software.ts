import { readFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };

/** How this coordinator names itself. */
export const SOFTWARE = `manyhands ${version}`;
