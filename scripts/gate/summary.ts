/** What the gate says at the end: what failed, then a table of the steps. */
import type { StepResult } from './step.ts';

const HEADINGS = ['step', 'time', 'passed', 'failed', 'skipped'];

export const totalsOf = (results: readonly StepResult[]): { passed: number; failed: number } => ({
  passed: results.reduce((sum, { passed }) => sum + passed, 0),
  failed: results.reduce((sum, { failed }) => sum + failed, 0),
});

export function summaryOf(results: readonly StepResult[]): string {
  const failures = results.flatMap(({ name, failures: lines }) => lines.map((line) => `  ${name}: ${line}`));
  const heading = failures.length === 0 ? [] : ['What failed:', ...failures, ''];
  return ['', ...heading, ...tableOf([HEADINGS, ...results.map(rowOf)]), ''].join('\n');
}

const rowOf = ({ name, elapsedMs, passed, failed, skipped }: StepResult): string[] => [
  `${failed === 0 ? 'ok    ' : 'FAILED'} ${name}`,
  `${(elapsedMs / 1_000).toFixed(1)} s`,
  `${passed}`,
  `${failed}`,
  `${skipped}`,
];

/** The first column to the left, figures to the right. */
function tableOf(rows: readonly (readonly string[])[]): string[] {
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  '),
  );
}
