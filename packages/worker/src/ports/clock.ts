/** The only source of time. A volunteer's clock may be wrong: nothing but waiting depends on it. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls `work` once, `delayMs` from now, unless the handle is disposed first. */
  after(delayMs: number, work: () => void): Disposable;
}
