/** Units answered a second, for good or for now, over the last ten minutes: an area chart, and the same figures as a table (PG5). */
import { path, span, td, tr, type VNode } from '../element.ts';
import { duration, rate } from '../words/numbers.ts';
import { chartPanel, chartTable, PLOT_HEIGHT, roundCeiling } from './chart-panel.ts';

const STEP_SECONDS = 10;
const WIDTH = 600;

export function throughputChart(throughput: readonly number[], unitsPerSecond: number): VNode {
  const peak = Math.max(0, ...throughput);
  const ceiling = roundCeiling(peak);
  const shownMs = throughput.length * STEP_SECONDS * 1_000;
  const past = duration(shownMs).replace('about ', '');
  return chartPanel({
    id: 'throughput',
    title: 'Throughput',
    note: [`Units answered per second, in all jobs, over the last ${past}; now `, span({ class: 'figure' }, rate(unitsPerSecond)), '.'],
    words: `Line chart, at most ${rate(peak)} units per second`,
    ceiling,
    width: WIDTH,
    marks: curve(throughput, ceiling),
    times: [`${Math.round(shownMs / 60_000)} min ago`, `${Math.round(shownMs / 120_000)} min ago`, 'now'],
    table: throughputTable(throughput),
  });
}

function curve(throughput: readonly number[], ceiling: number): VNode[] {
  if (throughput.length < 2) return [];
  const top = outline(throughput, ceiling);
  return [
    path({ key: 'area', class: 'area', d: `${top}L${WIDTH} ${PLOT_HEIGHT}L0 ${PLOT_HEIGHT}Z` }),
    path({ key: 'curve', class: 'curve', d: top }),
  ];
}

function outline(values: readonly number[], ceiling: number): string {
  const gap = WIDTH / Math.max(values.length - 1, 1);
  const points = values.map((value, i) => `${(i * gap).toFixed(1)} ${(PLOT_HEIGHT - (value / ceiling) * PLOT_HEIGHT).toFixed(1)}`);
  return `M${points.join('L')}`;
}

function throughputTable(throughput: readonly number[]): VNode {
  const rows = throughput
    .map((value, i) => ({ ago: (throughput.length - i) * STEP_SECONDS, value }))
    .reverse()
    .map(({ ago, value }) => tr({ key: ago }, td({}, `${ago - STEP_SECONDS} to ${ago}`), td({ class: 'number' }, rate(value))));
  return chartTable('Throughput as a table', 'Units answered per second, newest first', ['Seconds ago', 'Units per second'], rows);
}
