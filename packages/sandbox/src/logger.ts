/** What of a logger the sandbox uses; pino's fits. */
export interface Logger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}
export const SILENT: Logger = { info: () => {}, warn: () => {} };
