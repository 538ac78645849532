/** Credit a day over the last three months: a bar chart, and the days with work as a table (PG5). */
import type { AccountView } from '@manyhands/protocol';
import { p, rect, td, time, tr, type VNode } from '../element.ts';
import { count, rate } from '../words/numbers.ts';
import { chartPanel, chartTable, PLOT_HEIGHT, roundCeiling } from './chart-panel.ts';

const BAR = 6;
const STEP = 8;

type Day = AccountView['days'][number];

export function creditChart(days: readonly Day[]): VNode {
  const peak = Math.max(0, ...days.map(({ credit }) => credit));
  const ceiling = roundCeiling(peak);
  return chartPanel({
    id: 'days',
    title: 'Day by day',
    note: [`Credit of each of the last ${count(days.length)} days, in UTC.`],
    words: `Bar chart, at most ${rate(peak)} credits a day`,
    ceiling,
    width: Math.max(1, days.length) * STEP,
    marks: days.map(({ day, credit }, i) => bar(day, i, (Math.max(0, credit) / ceiling) * PLOT_HEIGHT)),
    times: [days[0]?.day ?? '', 'today'],
    table: dayTable(days),
  });
}

const bar = (day: string, i: number, height: number): VNode | null =>
  height === 0
    ? null
    : rect({ key: day, class: 'day', x: i * STEP, y: (PLOT_HEIGHT - height).toFixed(1), width: BAR, height: height.toFixed(1) });

function dayTable(days: readonly Day[]): VNode {
  const worked = days.filter(({ credit, validResults }) => credit !== 0 || validResults !== 0).reverse();
  if (worked.length === 0) return p({ class: 'empty' }, 'No work in this time.');
  const rows = worked.map(({ day, credit, validResults }) =>
    tr(
      { key: day },
      td({}, time({ dateTime: day }, day)),
      td({ class: 'number' }, count(validResults)),
      td({ class: 'number' }, rate(credit)),
    ),
  );
  return chartTable('Days as a table', 'Days with work, newest first', ['Day', 'Valid results', 'Credit'], rows);
}
