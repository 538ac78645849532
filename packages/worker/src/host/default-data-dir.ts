import { join } from 'node:path';
import envPaths from 'env-paths';

/** Where a volunteer's data lives when no folder is named: the system's place for such data, e.g. `~/.local/share/manyhands/worker`. */
export const defaultDataDir = (): string => join(envPaths('manyhands', { suffix: '' }).data, 'worker');
