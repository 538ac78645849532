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

/** One sentence: `312 of 1,000 units verified (31 %), 52 more answered, 8 running, 4 verifying, 52 units/s, about 13 s left`. */
export function progressSentence(view: JobView): string {
  const { units, state, unitsPerSecond } = view;
  const percent = units.total === 0 ? 0 : Math.floor((100 * units.final) / units.total);
  const parts = [`${count(units.final)} of ${count(units.total)} units verified (${percent} %)`];
  if (units.provisional > 0) parts.push(`${count(units.provisional)} more answered`);
  for (const kind of ['running', 'verifying', 'waiting', 'failed', 'cancelled'] as const) {
    if (units[kind] > 0) parts.push(`${count(units[kind])} ${kind}`);
  }
  if (state === 'done' || state === 'cancelled') return [...parts, state].join(', ');
  if (unitsPerSecond > 0) parts.push(rate(unitsPerSecond));
  return [...parts, whatIsLeft(view)].join(', ');
}

function whatIsLeft({ units, state, remainingMs }: JobView): string {
  if (state === 'open') return 'inputs still arriving';
  // Then the rate says nothing: all that was answered becomes final at once, when the last check is back.
  if (units.provisional > 0 && units.waiting + units.running + units.verifying === 0) return 'checking some of the answers again';
  return remainingMs === null ? 'time left not yet known' : `about ${duration(remainingMs)} left`;
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
