/** The cells as an SVG: what verification costs against what still goes wrong, one mark for each cell. Further left and further down is better. */
import type { Cell } from '../cell.ts';
import { markOf, SHAPES, swatchOf } from './marks.ts';
import { shownCost, shownWrong } from './numbers.ts';
import { STYLE } from './style.ts';

const WIDTH = 960;
const PLOT = { left: 76, right: 760, top: 56, bottom: 476 };
/** Below the plot stand the cells in which nothing wrong was seen, a lane for each scheme. */
const LANE = 13;
const LANES_TOP = PLOT.bottom + 22;
const LOWEST_RATE = 1e-6;
const COSTS = [1, 1.2, 1.5, 2, 3, 5, 10, 20, 50, 100, 200];

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export function pictureOf(cells: readonly Cell[]): string {
  const schemes = [...new Set(cells.map(({ scheme }) => scheme))];
  const most = Math.max(2, ...cells.map(({ resultsPerUnit }) => resultsPerUnit)) * 1.05;
  const x = (cost: number): number => PLOT.left + ((PLOT.right - PLOT.left) * Math.log(cost / 0.97)) / Math.log(most / 0.97);
  const y = (rate: number): number => PLOT.bottom - ((PLOT.bottom - PLOT.top) * Math.log(rate / LOWEST_RATE)) / Math.log(1 / LOWEST_RATE);
  const lanesEnd = LANES_TOP + LANE * (schemes.length - 1);
  const height = lanesEnd + 72;
  const marks = cells.map((cell) => {
    const scheme = schemes.indexOf(cell.scheme);
    const at = {
      x: x(Math.max(0.97, cell.resultsPerUnit)),
      y: cell.wrong === 0 ? LANES_TOP + LANE * scheme : y(Math.max(LOWEST_RATE, cell.wrongRate)),
    };
    return markOf(scheme, at, cell.f >= 0.2 ? 6 : 4, wordsOf(cell));
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title">
<title id="title">Wrong answers accepted against results per unit</title>
<style>${STYLE}</style>
<defs>${SHAPES}</defs>
<rect class="paper" width="${WIDTH}" height="${height}"/>
<text class="head" x="${PLOT.left}" y="32">Wrong answers accepted, against what verification costs</text>
${axes(x, y, most, lanesEnd)}
${marks.join('\n')}
${legend(schemes)}
</svg>
`;
}

function wordsOf(cell: Cell): string {
  const who = cell.f === 0 ? '' : ` ${cell.f * 100} %`;
  return escaped(`${cell.scheme} · ${cell.scenario}${who}: ${shownWrong(cell)} wrong, ${shownCost(cell.resultsPerUnit)} results per unit`);
}

function axes(x: (cost: number) => number, y: (rate: number) => number, most: number, lanesEnd: number): string {
  const across = [0, -1, -2, -3, -4, -5, -6].map((power) => {
    const at = y(10 ** power).toFixed(1);
    return `<path class="grid" d="M${PLOT.left} ${at}H${PLOT.right}"/><text class="tick" x="${PLOT.left - 8}" y="${at}" dy="4" text-anchor="end">${power === 0 ? '1' : `1e${power}`}</text>`;
  });
  const down = COSTS.filter((cost) => cost < most).map((cost) => {
    const at = x(cost).toFixed(1);
    return `<path class="grid" d="M${at} ${PLOT.top}V${lanesEnd + 12}"/><text class="tick" x="${at}" y="${lanesEnd + 30}" text-anchor="middle">${cost}</text>`;
  });
  return `${across.join('')}${down.join('')}
<text class="tick" x="${PLOT.left - 8}" y="${(LANES_TOP + lanesEnd) / 2 + 4}" text-anchor="end">none</text>
<text class="axis" x="${(PLOT.left + PLOT.right) / 2}" y="${lanesEnd + 56}" text-anchor="middle">results per unit</text>
<text class="axis" transform="translate(20 ${(PLOT.top + PLOT.bottom) / 2}) rotate(-90)" text-anchor="middle">share of units with a wrong accepted answer</text>`;
}

function legend(schemes: readonly string[]): string {
  const [left, top] = [PLOT.right + 28, PLOT.top + 12];
  const lines = schemes.map((scheme, at) => {
    const y = top + at * 24;
    return `${swatchOf(at, { x: left, y })}<text class="key" x="${left + 16}" y="${y}" dy="4">${escaped(scheme)}</text>`;
  });
  const end = top + schemes.length * 24 + 12;
  return `${lines.join('')}<text class="tick" x="${left - 6}" y="${end}">large: at least 20 %</text><text class="tick" x="${left - 6}" y="${end + 18}">of the hosts lie</text>`;
}
