/** One command of the gate, and what came of it. */
export interface Step {
  readonly name: string;
  /** What it checks, in words. */
  readonly checks: string;
  /** A program of node_modules/.bin and its arguments. */
  readonly command: readonly [string, ...string[]];
  /** The file in which vitest reports, relative to the root; null: the step has no tests, its exit code says all. */
  readonly report: string | null;
  /** Brings what the step needs; answers null, or in words why the step cannot run. */
  readonly provide?: () => string | null;
  /** After this long it hangs, and is stopped. */
  readonly limitMs: number;
}

export interface StepResult {
  readonly name: string;
  readonly elapsedMs: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What failed, one line each. */
  readonly failures: readonly string[];
}
