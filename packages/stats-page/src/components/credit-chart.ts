/** Credit a day over the last three months: a bar chart, and the days with work as a table (PG5). */
import type { AccountView } from '@manyhands/protocol';
import {
  caption,
  details,
  div,
  figure,
  h2,
  line,
  p,
  rect,
  section,
  span,
  summary,
  svg,
  table,
  tbody,
  td,
  th,
  thead,
  time,
  tr,
  type VNode,
} from '../element.ts';
import { count, rate } from '../words/numbers.ts';
import { roundCeiling } from './throughput-chart.ts';

const HEIGHT = 100;
const BAR = 6;
const STEP = 8;

type Day = AccountView['days'][number];

export function creditChart(days: readonly Day[]): VNode {
  const ceiling = roundCeiling(Math.max(0, ...days.map(({ credit }) => credit)));
  return section(
    { class: 'panel', 'aria-labelledby': 'days' },
    h2({ id: 'days' }, 'Day by day'),
    p({ class: 'note' }, `Credit of each of the last ${count(days.length)} days, in UTC.`),
    figure(
      { class: 'chart' },
      div({ class: 'scale', 'aria-hidden': true }, span({}, rate(ceiling)), span({}, rate(ceiling / 2)), span({}, '0')),
      plot(days, ceiling),
      div({ class: 'times', 'aria-hidden': true }, span({}, days[0]?.day ?? ''), span({}, 'today')),
    ),
    details({}, summary({}, 'The same as a table'), dayTable(days)),
  );
}

function plot(days: readonly Day[], ceiling: number): VNode {
  const width = Math.max(1, days.length) * STEP;
  const peak = Math.max(0, ...days.map(({ credit }) => credit));
  return svg(
    {
      class: 'plot',
      role: 'img',
      viewBox: `0 0 ${width} ${HEIGHT}`,
      preserveAspectRatio: 'none',
      'aria-label': `Bar chart, at most ${rate(peak)} credits a day`,
    },
    ...[0, HEIGHT / 2, HEIGHT].map((y) => line({ key: y, class: 'grid', x1: 0, x2: width, y1: y, y2: y })),
    ...days.map(({ day, credit }, i) => bar(day, i, (Math.max(0, credit) / ceiling) * HEIGHT)),
  );
}

const bar = (day: string, i: number, height: number): VNode | null =>
  height === 0
    ? null
    : rect({ key: day, class: 'day', x: i * STEP, y: (HEIGHT - height).toFixed(1), width: BAR, height: height.toFixed(1) });

function dayTable(days: readonly Day[]): VNode {
  const worked = days.filter(({ credit, validResults }) => credit !== 0 || validResults !== 0).reverse();
  if (worked.length === 0) return p({ class: 'empty' }, 'No work in this time.');
  return div(
    { class: 'scroller', tabIndex: 0, role: 'group', 'aria-label': 'Days as a table' },
    table(
      {},
      caption({ class: 'hidden' }, 'Days with work, newest first'),
      thead(
        {},
        tr(
          {},
          th({ scope: 'col' }, 'Day'),
          th({ scope: 'col', class: 'number' }, 'Valid results'),
          th({ scope: 'col', class: 'number' }, 'Credit'),
        ),
      ),
      tbody(
        {},
        ...worked.map(({ day, credit, validResults }) =>
          tr(
            { key: day },
            td({}, time({ dateTime: day }, day)),
            td({ class: 'number' }, count(validResults)),
            td({ class: 'number' }, rate(credit)),
          ),
        ),
      ),
    ),
  );
}
