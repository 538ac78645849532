import { destination, type LevelWithSilent, type Logger, pino } from 'pino';

/** JSON lines on standard error: standard output belongs to the command that started us. */
export const createLogger = (level: LevelWithSilent): Logger => pino({ level, base: null }, destination({ fd: 2, sync: true }));
