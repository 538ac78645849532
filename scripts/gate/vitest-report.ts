/** Numbers and failures out of the file that vitest's JSON reporter writes. */
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

interface Report {
  readonly numPassedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[] | null;
    }[];
  }[];
}

export interface TestCounts {
  readonly passed: number;
  readonly skipped: number;
  /** One line each: a failed test, or a file that could not be run. */
  readonly failures: readonly string[];
}

/** null: vitest wrote none, so it did not get as far. */
export function readReport(path: string): TestCounts | null {
  return existsSync(path) ? countsOf(JSON.parse(readFileSync(path, 'utf8')) as Report, process.cwd()) : null;
}

export function countsOf(report: Report, root: string): TestCounts {
  const failures = report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed');
    const lines = failed.map((test) => `${test.fullName}: ${firstLine(test.failureMessages?.[0] ?? '')}`);
    if (lines.length === 0 && status === 'failed') lines.push(`could not be run: ${firstLine(message)}`);
    return lines.map((line) => `${relative(root, name)}: ${line}`);
  });
  return { passed: report.numPassedTests, skipped: report.numPendingTests + report.numTodoTests, failures };
}

const firstLine = (text: string): string => text.split('\n', 1)[0]?.slice(0, 200) ?? '';
