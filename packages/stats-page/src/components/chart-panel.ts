/** The frame of a chart: a heading and what is shown, the plot between its scale and its times, and the same figures as a table (PG5). */
import {
  caption,
  details,
  div,
  figure,
  h2,
  line,
  p,
  section,
  span,
  summary,
  svg,
  table,
  tbody,
  th,
  thead,
  tr,
  type VNode,
} from '../element.ts';
import { rate } from '../words/numbers.ts';

export const PLOT_HEIGHT = 100;

interface Chart {
  readonly id: string;
  readonly title: string;
  readonly note: readonly (VNode | string)[];
  /** Sums the chart up for whoever cannot see it. */
  readonly words: string;
  /** The figure at the top of the scale. */
  readonly ceiling: number;
  readonly width: number;
  readonly marks: readonly (VNode | null)[];
  /** Under the plot, from left to right. */
  readonly times: readonly string[];
  readonly table: VNode;
}

export function chartPanel({ id, title, note, words, ceiling, width, marks, times, table: figures }: Chart): VNode {
  return section(
    { class: 'panel', 'aria-labelledby': id },
    h2({ id }, title),
    p({ class: 'note' }, ...note),
    figure(
      { class: 'chart' },
      div({ class: 'scale', 'aria-hidden': true }, span({}, rate(ceiling)), span({}, rate(ceiling / 2)), span({}, '0')),
      svg(
        { class: 'plot', role: 'img', viewBox: `0 0 ${width} ${PLOT_HEIGHT}`, preserveAspectRatio: 'none', 'aria-label': words },
        ...[0, PLOT_HEIGHT / 2, PLOT_HEIGHT].map((y) => line({ key: y, class: 'grid', x1: 0, x2: width, y1: y, y2: y })),
        ...marks,
      ),
      div({ class: 'times', 'aria-hidden': true }, ...times.map((time) => span({ key: time }, time))),
    ),
    details({}, summary({}, 'The same as a table'), figures),
  );
}

/** The first column says when, the others hold figures. */
export function chartTable(label: string, title: string, [when = '', ...figures]: readonly string[], rows: readonly VNode[]): VNode {
  return div(
    { class: 'scroller', tabIndex: 0, role: 'group', 'aria-label': label },
    table(
      {},
      caption({ class: 'hidden' }, title),
      thead({}, tr({}, th({ scope: 'col' }, when), ...figures.map((name) => th({ key: name, scope: 'col', class: 'number' }, name)))),
      tbody({}, ...rows),
    ),
  );
}

/** The least round number (1, 2 or 5 times a power of ten) that is not below `peak`; 1 for a flat zero. */
export function roundCeiling(peak: number): number {
  if (peak <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(peak));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= peak) ?? 10;
  return factor * power;
}
