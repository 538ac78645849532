/** Throughput at quorum 1 against what is stored, and against connections. A flat line is a good line. */
import { markOf, SHAPES } from '../sabotage/report/marks.ts';
import { STYLE } from '../sabotage/report/style.ts';
import type { Cell } from './null-worker.ts';

const [WIDTH, HEIGHT] = [960, 400];
const [TOP, BOTTOM] = [64, 330];
/** Units a second between two lines of the grid. */
const STEP = 10_000;

interface Panel {
  readonly left: number;
  readonly right: number;
  readonly heading: string;
  readonly x: (cell: Cell) => number;
}

const STORED: Panel = { left: 76, right: 460, heading: 'units stored', x: ({ storedUnits }) => storedUnits };
const CONNECTED: Panel = { left: 556, right: 940, heading: 'connections', x: ({ connections }) => connections };

export function pictureOf(cells: readonly Cell[]): string {
  const plain = cells.filter(({ policy }) => policy === 'quorum 1');
  const usual = plain[0]?.connections;
  const few = plain.filter(({ connections }) => connections !== usual).concat(plain.slice(0, 1));
  const highest = Math.ceil(Math.max(...plain.map(({ unitsPerSecond }) => unitsPerSecond)) / STEP + 0.2) * STEP;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title">
<title id="title">Durable units a second, by what is stored and by connections</title>
<style>${STYLE}</style>
<defs>${SHAPES}</defs>
<rect class="paper" width="${WIDTH}" height="${HEIGHT}"/>
<text class="head" x="${STORED.left}" y="32">Durable units a second at quorum 1</text>
${panelOf(
  STORED,
  highest,
  plain.filter(({ connections }) => connections === usual),
)}
${panelOf(CONNECTED, highest, few)}
</svg>
`;
}

function panelOf(panel: Panel, highest: number, cells: readonly Cell[]): string {
  const powers = cells.map((cell) => Math.log10(panel.x(cell)));
  const [least, most] = [Math.floor(Math.min(...powers)), Math.ceil(Math.max(...powers))];
  const x = (value: number): number => panel.left + ((panel.right - panel.left) * (Math.log10(value) - least)) / (most - least);
  const y = (rate: number): number => BOTTOM - ((BOTTOM - TOP) * rate) / highest;
  const across = Array.from({ length: highest / STEP + 1 }, (_, i) => {
    const at = y(i * STEP).toFixed(1);
    return `<path class="grid" d="M${panel.left} ${at}H${panel.right}"/><text class="tick" x="${panel.left - 8}" y="${at}" dy="4" text-anchor="end">${(i * STEP).toLocaleString('en')}</text>`;
  });
  const down = Array.from({ length: most - least + 1 }, (_, i) => {
    const value = 10 ** (least + i);
    return `<path class="grid" d="M${x(value).toFixed(1)} ${TOP}V${BOTTOM}"/><text class="tick" x="${x(value).toFixed(1)}" y="${BOTTOM + 20}" text-anchor="middle">${value.toLocaleString('en')}</text>`;
  });
  const marks = cells.map((cell) =>
    markOf(0, { x: x(panel.x(cell)), y: y(cell.unitsPerSecond) }, 6, `${cell.unitsPerSecond} units/s, ${panel.x(cell)} ${panel.heading}`),
  );
  return `${across.join('')}${down.join('')}${marks.join('')}
<text class="axis" x="${(panel.left + panel.right) / 2}" y="${BOTTOM + 46}" text-anchor="middle">${panel.heading}</text>`;
}
