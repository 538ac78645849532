/** Structured words for the operator of this machine. Never a secret, never a payload. */
export interface Log {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}
