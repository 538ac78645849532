/** What one execution may say besides its output. The guest keeps to them with a clear error; the host enforces them. */
export const BOUNDS = {
  /** The protocol's `LIMITS.messageLength`; a copy, since runners load no packages. */
  messageChars: 2_000,
  logLines: 1_000,
  logLineChars: 2_000,
  /** Text of one checkpoint, in UTF-16 code units. */
  checkpointChars: 16 * 1024 * 1024,
  checkpointIntervalMs: 250,
  progressIntervalMs: 1_000,
} as const;

export const LAST_LOG_LINE = `… (${BOUNDS.logLines} log lines are the limit; further ones are dropped)`;
