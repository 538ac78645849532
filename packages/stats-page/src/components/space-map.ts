/**
 * The map of a job's search space: its units in order, cut into cells coloured by state; each cell says who verified it.
 * A list in the markup, so that a screen reader can walk it; the browser adds arrow keys and the line below (browser/map-keys.ts).
 */
import type { JobMap } from '@manyhands/protocol';
import { h2, li, ol, p, section, span, type VNode } from '../element.ts';
import { count, counted } from '../words/numbers.ts';
import { labelOf, UNIT_STATES, type UnitState } from '../words/unit-states.ts';
import { nameOrAnonymous } from '../words/volunteer-name.ts';
import { swatch } from './progress-bar.ts';

type Cell = JobMap['cells'][number];

/**
 * Of a cell with work in it the map does not say whose turn it is: whoever could see that a unit is answered already would know that
 * they are given it as a check (I21). How many are running, in verification and answered, the bar tells.
 */
const WORDS: Partial<Record<UnitState, string>> = { running: 'Under way' };
const wordsFor = (state: UnitState): string => WORDS[state] ?? labelOf(state);

/** `Units 400 to 499: verified by Ada and Bo` */
export function cellWords(
  cell: Cell,
  position: number,
  { unitsPerCell, isShuffled = false }: Pick<JobMap, 'unitsPerCell' | 'isShuffled'>,
): string {
  const first = position * unitsPerCell;
  const named = cell.total === 1 ? `Unit ${count(first)}` : `Units ${count(first)} to ${count(first + cell.total - 1)}`;
  const units = isShuffled ? (cell.total === 1 ? 'One unit' : counted(cell.total, 'unit')) : named;
  const state = wordsFor(cell.state).toLowerCase();
  const share = cell.final > 0 && cell.final < cell.total ? `, ${count(cell.final)} of ${count(cell.total)} verified` : '';
  const by = cell.verifiedBy.length > 0 ? ` by ${listed(cell.verifiedBy)}` : '';
  return cell.state === 'final' ? `${units}: verified${by}` : `${units}: ${state}${share}${by}`;
}

const names = new Intl.ListFormat('en');
const listed = (who: readonly string[]): string => names.format(who.map(nameOrAnonymous));

/** Tenths of a cell that are verified, for the style sheet. */
const tenths = (cell: Cell): number => Math.floor((cell.final / Math.max(cell.total, 1)) * 10);

/** Few cells are drawn large. */
const sizeClass = (cells: number): string => (cells <= 48 ? 'map-few' : cells <= 160 ? 'map-some' : 'map-many');

const scaleNote = ({ unitsPerCell, isShuffled = false }: JobMap, jobTitle: string): VNode[] => [
  span({}, `Each square is ${unitsPerCell === 1 ? 'one unit' : counted(unitsPerCell, 'unit')} of `),
  span({ dir: 'auto' }, jobTitle),
  span(
    {},
    isShuffled
      ? ', shuffled until the job ends: volunteers are checked on units that are answered already, and must not find them here.'
      : ', in the order of the inputs.',
  ),
];

export function spaceMap(map: JobMap, jobTitle: string): VNode {
  const present = new Set<UnitState>(map.cells.map((cell) => cell.state));
  return section(
    { class: 'panel', 'aria-labelledby': 'map' },
    h2({ id: 'map' }, 'Map of the search space'),
    p({ class: 'note' }, map.cells.length === 0 ? 'Nothing to show until the first inputs arrive.' : scaleNote(map, jobTitle)),
    ol(
      { class: `map ${sizeClass(map.cells.length)}`, 'aria-labelledby': 'map' },
      ...map.cells.map((cell, i) => {
        const words = cellWords(cell, i, map);
        return li({ key: i, class: `cell is-${cell.state} tenths-${tenths(cell)}`, title: words }, span({ class: 'hidden' }, words));
      }),
    ),
    p(
      { class: 'key', 'aria-hidden': true },
      ...UNIT_STATES.filter(({ state }) => present.has(state)).map(({ state }) => span({ key: state }, swatch(state), wordsFor(state))),
    ),
    p(
      { class: 'readout', id: 'map-readout', 'aria-hidden': true },
      map.cells.length === 0 ? '' : 'Point at a square to see what it holds and who verified it.',
    ),
  );
}
