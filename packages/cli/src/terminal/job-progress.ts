/** How far a job is, for people. */
import type { JobView, UnitCounts } from '@manyhands/protocol';
import type { Screen, Style } from './screen.ts';
import { count, duration, rate } from './words.ts';

type State = keyof Omit<UnitCounts, 'total'>;

/** In the order of a bar. The sign tells states apart where colours do not. */
const LOOKS: readonly { readonly state: State; readonly sign: string; readonly style: Style }[] = [
  { state: 'final', sign: '█', style: 'green' },
  { state: 'provisional', sign: '▉', style: 'green' },
  { state: 'failed', sign: '✗', style: 'red' },
  { state: 'verifying', sign: '▓', style: 'cyan' },
  { state: 'running', sign: '▒', style: 'yellow' },
  { state: 'cancelled', sign: '-', style: 'gray' },
  { state: 'waiting', sign: '░', style: 'gray' },
];

/** One sentence: `312 of 1,000 units verified (31 %), 8 running, 4 verifying, 52 units/s, about 13 s left`. */
export function progressSentence({ units, state, unitsPerSecond, remainingMs }: JobView): string {
  const percent = units.total === 0 ? 0 : Math.floor((100 * units.final) / units.total);
  const parts = [`${count(units.final)} of ${count(units.total)} units verified (${percent} %)`];
  for (const kind of ['provisional', 'running', 'verifying', 'waiting', 'failed', 'cancelled'] as const) {
    if (units[kind] > 0) parts.push(`${count(units[kind])} ${kind}`);
  }
  if (state === 'done' || state === 'cancelled') return [...parts, state].join(', ');
  if (unitsPerSecond > 0) parts.push(rate(unitsPerSecond));
  parts.push(
    state === 'open' ? 'inputs still arriving' : remainingMs === null ? 'time left not yet known' : `about ${duration(remainingMs)} left`,
  );
  return parts.join(', ');
}

export function progressBlock(view: JobView, screen: Pick<Screen, 'paint' | 'width'>): string {
  return [screen.paint('bold', view.title), bar(view.units, screen), progressSentence(view)].join('\n');
}

function bar(units: UnitCounts, screen: Pick<Screen, 'paint' | 'width'>): string {
  return widths(units, screen.width)
    .map((cells, i) => {
      const look = LOOKS[i] as (typeof LOOKS)[number];
      return cells === 0 ? '' : screen.paint(look.style, look.sign.repeat(cells));
    })
    .join('');
}

/** Cells of each state, in the order of LOOKS; together `width`. The ends of shares are rounded, so that no cell is lost. */
export function widths(units: UnitCounts, width: number): number[] {
  let share = 0;
  let from = 0;
  return LOOKS.map(({ state }, i) => {
    share += units.total === 0 ? 0 : units[state] / units.total;
    const to = i === LOOKS.length - 1 ? width : Math.min(width, Math.round(share * width));
    const cells = Math.max(0, to - from);
    from = Math.max(from, to);
    return cells;
  });
}
