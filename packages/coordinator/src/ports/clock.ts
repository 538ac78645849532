/** The only source of time (I33). */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls `work` every `intervalMs` until the handle is disposed. */
  every(intervalMs: number, work: () => void): Disposable;
}

/** What a machine has: a clock that anybody may set, forward and back, and a count that nobody can. */
export interface MachineClock extends Clock {
  /** Milliseconds since some moment, at an even pace; it may stand still while the machine sleeps. */
  elapsedMs(): number;
}
