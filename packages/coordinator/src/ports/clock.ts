/** The only source of time (I33). */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls `work` every `intervalMs` until the handle is disposed. */
  every(intervalMs: number, work: () => void): Disposable;
}
