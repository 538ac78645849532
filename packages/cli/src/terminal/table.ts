import Table from 'cli-table3';
import type { Screen } from './screen.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Columns without lines between them. */
export function tableText(columns: readonly Column[], rows: readonly (readonly string[])[], paint: Screen['paint']): string {
  const table = new Table({
    head: columns.map(({ title }) => paint('bold', title)),
    colAligns: columns.map(({ align = 'left' }) => align),
    chars: BARE,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}

const EDGES = ['top', 'bottom', 'mid', 'left', 'right'];
const BARE = {
  ...Object.fromEntries(EDGES.flatMap((edge) => [edge, `${edge}-mid`, `${edge}-left`, `${edge}-right`]).map((name) => [name, ''])),
  'mid-mid': '',
  middle: '',
};
