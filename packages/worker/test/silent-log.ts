import type { Log } from '../src/ports/log.ts';

const nothing = (): void => undefined;
export const SILENT: Log = { info: nothing, warn: nothing, error: nothing };
