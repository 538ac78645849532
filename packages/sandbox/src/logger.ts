/** What of a logger the sandbox uses; pino's fits. */
export interface Logger {
  warn(details: object, message: string): void;
}
export const SILENT: Logger = { warn: () => {} };
