/** Where the engine writes what an operator should know; pino fits as it is. */
export interface EngineLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

const ignore = (): void => {};
export const SILENT: EngineLog = { info: ignore, warn: ignore, error: ignore };
