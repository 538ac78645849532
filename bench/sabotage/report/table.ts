/** The cells as lines of text, one block for each scenario and share of hosts. */
import type { Cell } from '../cell.ts';
import { shownCost, shownPrice, shownWrong } from './numbers.ts';

const HEAD = ['scheme', 'wrong (95 %)', 'results/unit', 'honest banned', 'price of a lie', 'found out after', 'time', ''];

export function tableOf(cells: readonly Cell[]): string {
  const blocks = Map.groupBy(cells, ({ scenario, f }) => (f === 0 ? scenario : `${scenario}, ${f * 100} % of the hosts`));
  const rows = cells.map(rowOf);
  const widths = HEAD.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  const aligned = (text: string, column: number): string => {
    const isWords = column === 0 || column === HEAD.length - 1;
    const width = widths[column] as number;
    return isWords ? text.padEnd(width) : text.padStart(width);
  };
  const lineOf = (row: readonly string[]): string => row.map(aligned).join('  ').trimEnd();
  const parts = [...blocks].map(([title, block]) => [title, ...block.map((cell) => `  ${lineOf(rowOf(cell))}`)].join('\n'));
  return [`  ${lineOf(HEAD)}`, ...parts].join('\n\n');
}

function rowOf(cell: Cell): string[] {
  const { scheme, resultsPerUnit, checksPerUnit, honestBanned, faultyBanned, detectionDelay, makespanFactor, unanswered, variant } = cell;
  const notes = [
    variant === '' ? '' : `worst: ${variant}`,
    checksPerUnit > 0 ? `${shownCost(checksPerUnit)} checks/unit` : '',
    faultyBanned > 0 ? `${faultyBanned} faulty banned` : '',
    unanswered > 0 ? `${unanswered} units unanswered` : '',
  ];
  return [
    scheme,
    shownWrong(cell),
    shownCost(resultsPerUnit),
    String(honestBanned),
    shownPrice(cell),
    detectionDelay === null ? '-' : `${detectionDelay.toFixed(1)} answers`,
    `${shownCost(makespanFactor)}×`,
    notes.filter((note) => note !== '').join(', '),
  ];
}
