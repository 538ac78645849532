/** Verified units a second over the last ten minutes: an area chart, and the same figures as a table (PG5). */
import {
  caption,
  details,
  div,
  figure,
  h2,
  line,
  p,
  path,
  section,
  span,
  summary,
  svg,
  table,
  tbody,
  td,
  th,
  thead,
  tr,
  type VNode,
} from '../element.ts';
import { duration, rate } from '../words/numbers.ts';

const STEP_SECONDS = 10;
const WIDTH = 600;
const HEIGHT = 100;

/** The least round number (1, 2 or 5 times a power of ten) that is not below `peak`; 1 for a flat zero. */
export function roundCeiling(peak: number): number {
  if (peak <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(peak));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= peak) ?? 10;
  return factor * power;
}

function outline(values: readonly number[], ceiling: number): string {
  const gap = WIDTH / Math.max(values.length - 1, 1);
  const points = values.map((value, i) => `${(i * gap).toFixed(1)} ${(HEIGHT - (value / ceiling) * HEIGHT).toFixed(1)}`);
  return `M${points.join('L')}`;
}

export function throughputChart(throughput: readonly number[], unitsPerSecond: number): VNode {
  const ceiling = roundCeiling(Math.max(0, ...throughput));
  const span10 = throughput.length * STEP_SECONDS * 1_000;
  return section(
    { class: 'panel', 'aria-labelledby': 'throughput' },
    h2({ id: 'throughput' }, 'Throughput'),
    p(
      { class: 'note' },
      `Units verified per second, in all jobs, over the last ${duration(span10).replace('about ', '')}; now `,
      span({ class: 'figure' }, rate(unitsPerSecond)),
      '.',
    ),
    figure(
      { class: 'chart' },
      div({ class: 'scale', 'aria-hidden': true }, span({}, rate(ceiling)), span({}, rate(ceiling / 2)), span({}, '0')),
      plot(throughput, ceiling),
      div(
        { class: 'times', 'aria-hidden': true },
        span({}, `${Math.round(span10 / 60_000)} min ago`),
        span({}, `${Math.round(span10 / 120_000)} min ago`),
        span({}, 'now'),
      ),
    ),
    details({}, summary({}, 'The same as a table'), throughputTable(throughput)),
  );
}

function plot(throughput: readonly number[], ceiling: number): VNode {
  const top = outline(throughput, ceiling);
  const peak = Math.max(0, ...throughput);
  return svg(
    {
      class: 'plot',
      role: 'img',
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      preserveAspectRatio: 'none',
      'aria-label': `Line chart, at most ${rate(peak)} units per second`,
    },
    ...[0, HEIGHT / 2, HEIGHT].map((y) => line({ key: y, class: 'grid', x1: 0, x2: WIDTH, y1: y, y2: y })),
    throughput.length < 2 ? null : path({ class: 'area', d: `${top}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}Z` }),
    throughput.length < 2 ? null : path({ class: 'curve', d: top }),
  );
}

function throughputTable(throughput: readonly number[]): VNode {
  const rows = throughput.map((value, i) => ({ ago: (throughput.length - i) * STEP_SECONDS, value })).reverse();
  return div(
    { class: 'scroller', tabIndex: 0, role: 'group', 'aria-label': 'Throughput as a table' },
    table(
      {},
      caption({ class: 'hidden' }, 'Units verified per second, newest first'),
      thead({}, tr({}, th({ scope: 'col' }, 'Seconds ago'), th({ scope: 'col', class: 'number' }, 'Units per second'))),
      tbody(
        {},
        ...rows.map(({ ago, value }) => tr({ key: ago }, td({}, `${ago - STEP_SECONDS} to ${ago}`), td({ class: 'number' }, rate(value)))),
      ),
    ),
  );
}
