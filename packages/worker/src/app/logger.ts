import { type Logger, pino } from 'pino';
import type { ParsedWorkerConfig } from './config.ts';

/** Standard error, so that standard output belongs to `--json`. Keys and secrets are never passed to it; should one slip in, it is cut out. */
export const createLogger = (level: ParsedWorkerConfig['logLevel']): Logger =>
  pino(
    {
      level,
      base: { pid: process.pid },
      redact: ['accountSecret', '*.accountSecret', 'hostKey', '*.hostKey', 'privateKey', '*.privateKey', 'signature', '*.signature'],
    },
    pino.destination({ fd: 2, sync: true }),
  );
