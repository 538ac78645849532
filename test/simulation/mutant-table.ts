/** What the simulation could see, kept: test/results/mutants.md. */
import { writeFileSync } from 'node:fs';
import { type Hunt, isFound, MOST_SEEDS, medianOf } from './hunt.ts';

const FILE = new URL('../results/mutants.md', import.meta.url);

export function saveMutantTable(hunts: readonly Hunt[]): void {
  const inOrder = hunts.toSorted((a, b) => a.mutant.file.localeCompare(b.mutant.file) || a.mutant.name.localeCompare(b.mutant.name));
  const rows = inOrder.map((hunt) => [
    hunt.mutant.name,
    `\`${hunt.mutant.file}\``,
    String(medianOf(hunt) ?? `more than ${MOST_SEEDS}`),
    hunt.seedsNeeded.join(', '),
    hunt.rule ?? 'never',
  ]);
  const medians = hunts.flatMap((hunt) => medianOf(hunt) ?? []).sort((a, b) => a - b);
  const text = [
    '# Planted defects',
    '',
    `Written by \`npm run simulate -- --mutants --save\`, ${new Date().toISOString().slice(0, 10)}. ${hunts.filter(isFound).length} of ${hunts.length} were found;` +
      ` of those found in most hunts, half took at most ${medians[medians.length >> 1]} worlds.` +
      ` Each was hunted from ${hunts[0]?.hunts ?? 0} first seeds on, for at most ${MOST_SEEDS} worlds; what each is, is in [mutants.ts](../simulation/mutants.ts).`,
    '',
    ...toTable(['defect', 'in', 'worlds, median', 'worlds, each hunt that found it', 'first noticed by'], rows),
    '',
  ].join('\n');
  writeFileSync(FILE, text);
}

function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)];
}
