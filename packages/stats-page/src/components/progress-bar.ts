/**
 * Units by state, as one bar with a legend. Lengths are SVG percentages, never style attributes (the page's CSP forbids those),
 * and every state has a texture of its own besides its colour (PG6).
 */
import type { UnitCounts } from '@manyhands/protocol';
import { dd, div, dl, dt, rect, span, svg, type VNode } from '../element.ts';
import { count, percent } from '../words/numbers.ts';
import { UNIT_STATES, type UnitState } from '../words/unit-states.ts';

interface Segment {
  readonly state: UnitState;
  readonly from: number;
  readonly width: number;
}

/** Percent of the bar's length; a state with any unit at all stays visible. */
const LEAST_WIDTH = 0.6;

export function segmentsOf(units: UnitCounts): Segment[] {
  const present = UNIT_STATES.filter(({ state }) => units[state] > 0);
  const widened = present.map(({ state }) => ({ state, width: Math.max((units[state] / units.total) * 100, LEAST_WIDTH) }));
  const scale = 100 / widened.reduce((sum, { width }) => sum + width, 0);
  let from = 0;
  return widened.map(({ state, width }) => {
    const segment = { state, from, width: width * scale };
    from += segment.width;
    return segment;
  });
}

const percentage = (n: number): string => `${Math.round(n * 100) / 100}%`;

export function progressBar(units: UnitCounts): VNode {
  const words = UNIT_STATES.filter(({ state }) => units[state] > 0).map(
    ({ state, label }) => `${label.toLowerCase()} ${count(units[state])}`,
  );
  return svg(
    { class: 'bar', role: 'img', 'aria-label': `Units by state: ${words.join(', ') || 'none yet'}` },
    ...segmentsOf(units).map(({ state, from, width }) =>
      rect({
        key: state,
        fill: `url(#tex-${state})`,
        x: percentage(from),
        width: percentage(width),
        height: '100%',
      }),
    ),
  );
}

/** A small square in a state's colour and texture. */
export const swatch = (state: UnitState): VNode =>
  svg({ class: 'swatch', 'aria-hidden': true }, rect({ width: '100%', height: '100%', fill: `url(#tex-${state})` }));

/** The states that occur, with their numbers; the rare ones only when they do. */
export function legend(units: UnitCounts): VNode {
  const shown = UNIT_STATES.filter(({ state }) => units[state] > 0 || (state !== 'failed' && state !== 'cancelled'));
  return dl(
    { class: 'legend' },
    ...shown.map(({ state, label, meaning }) =>
      div(
        { key: state, title: `${label}: ${meaning}` },
        dt({}, swatch(state), span({}, label)),
        dd({}, count(units[state]), ' ', span({ class: 'quiet' }, percent(units[state], units.total))),
      ),
    ),
  );
}
